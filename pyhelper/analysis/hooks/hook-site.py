"""What site offers to people at a prompt: a shipped program has no prompt."""

excludedimports = ["_pyrepl", "pydoc", "readline", "rlcompleter"]
