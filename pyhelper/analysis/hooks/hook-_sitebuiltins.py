"""The builtin help() of an interactive prompt, which a shipped program has not."""

excludedimports = ["pydoc"]
