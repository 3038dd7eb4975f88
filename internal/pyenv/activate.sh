# For bash and zsh: . bin/activate
#
# Puts this environment's programs and manual pages before the others' in this
# shell, as a virtual environment of Python's does; deactivate puts everything
# back. Nothing in here names a path: the file is the same in every environment.

if [ -n "${ZSH_VERSION-}" ]; then
    eval '_llgo_env=${(%):-%x}' # this file; bash cannot read the expression
elif [ -n "${BASH_VERSION-}" ]; then
    _llgo_env=${BASH_SOURCE[0]}
    if [ "$_llgo_env" = "$0" ]; then
        echo "this file is to be read by the shell: . $0" >&2
        exit 1
    fi
else
    echo "activate: neither bash nor zsh; put its directory on PATH instead" >&2
    return 1
fi
case $_llgo_env in
*/*) _llgo_env=${_llgo_env%/*}/.. ;;
*) _llgo_env=.. ;;
esac
# Links stay in the path: through the link "current" it outlives an upgrade.
_llgo_env=$(CDPATH= cd -L -- "$_llgo_env" && pwd -L) || return 1

# Another one that is active gives up its place first.
if [ -n "${VIRTUAL_ENV-}" ] && typeset -f deactivate >/dev/null 2>&1; then
    deactivate
fi

# What the variables were, as commands that make them so again.
_llgo_before=
for _llgo_name in PATH MANPATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME PS1; do
    eval "_llgo_set=\${$_llgo_name+set} _llgo_old=\${$_llgo_name-}"
    if [ -z "$_llgo_set" ]; then
        _llgo_before="${_llgo_before}unset $_llgo_name; "
        continue
    fi
    _llgo_before="${_llgo_before}$_llgo_name=$(printf '%q' "$_llgo_old"); "
    if env | grep -q "^$_llgo_name="; then
        _llgo_before="${_llgo_before}export $_llgo_name; "
    else # in zsh, MANPATH is set before anybody has set it
        _llgo_before="${_llgo_before}export -n $_llgo_name 2>/dev/null || typeset -g +x $_llgo_name; "
    fi
done
unset _llgo_name _llgo_set _llgo_old

deactivate() {
    eval "$_llgo_before"
    unset _llgo_before
    unset -f deactivate
    hash -r 2>/dev/null || :
}

export VIRTUAL_ENV="$_llgo_env"
# The environment's name: …/envs/<name>/current/python3.14, or the directory's.
_llgo_name=${_llgo_env%/*}
case ${_llgo_name##*/} in
current) _llgo_name=${_llgo_name%/*} _llgo_name=${_llgo_name##*/} ;;
*) _llgo_name=${_llgo_env##*/} ;;
esac
export VIRTUAL_ENV_PROMPT="$_llgo_name"
export PATH="$_llgo_env/bin:${_llgo_env%/*}/bin:$PATH"
# An empty element stands for the manual pages of the machine.
export MANPATH="$_llgo_env/share/man:${_llgo_env%/*}/share/man:${MANPATH-}"
unset PYTHONHOME
if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ] && [ -n "${PS1-}" ]; then
    PS1="($_llgo_name) $PS1"
fi
unset _llgo_env _llgo_name
hash -r 2>/dev/null || :
