# For fish: source bin/activate.fish
#
# What activate does for bash and zsh; see there.

if set -q VIRTUAL_ENV; and functions -q deactivate
    deactivate
end

# What the variables were; those that are not in it were not set.
set -g _llgo_before_names
for _llgo_name in PATH MANPATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME
    if set -q $_llgo_name
        set -ga _llgo_before_names $_llgo_name
        set -g _llgo_before_$_llgo_name $$_llgo_name
    end
end
set -e _llgo_name

function deactivate -d 'leave the environment'
    for name in PATH MANPATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME
        set -e -g $name
        if contains -- $name $_llgo_before_names
            set -l kept _llgo_before_$name
            set -gx $name $$kept
            set -e -g $kept
        end
    end
    set -e -g _llgo_before_names
    if functions -q _llgo_before_prompt
        functions -e fish_prompt
        functions -c _llgo_before_prompt fish_prompt
        functions -e _llgo_before_prompt
    end
    functions -e deactivate
end

# Links stay in the path: through the link "current" it outlives an upgrade.
set -l _llgo_file (status filename)
string match -q '/*' -- $_llgo_file; or set _llgo_file $PWD/$_llgo_file
set -gx VIRTUAL_ENV (path normalize (path dirname $_llgo_file)/..)
set -l _llgo_around (path dirname $VIRTUAL_ENV)
set -l _llgo_name (path basename $VIRTUAL_ENV)
if test (path basename $_llgo_around) = current
    set _llgo_name (path basename (path dirname $_llgo_around))
end
set -gx VIRTUAL_ENV_PROMPT $_llgo_name
set -gx PATH $VIRTUAL_ENV/bin $_llgo_around/bin $PATH
# An empty element stands for the manual pages of the machine.
if set -q MANPATH
    set -gx MANPATH $VIRTUAL_ENV/share/man $_llgo_around/share/man $MANPATH
else
    set -gx MANPATH $VIRTUAL_ENV/share/man $_llgo_around/share/man ''
end
set -e PYTHONHOME

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _llgo_before_prompt
    function fish_prompt
        set -l old_status $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        # The prompt below sees the status of the command before it.
        echo "exit $old_status" | .
        _llgo_before_prompt
    end
end
