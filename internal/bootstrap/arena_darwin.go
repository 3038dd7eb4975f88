package bootstrap

// populateArenas does nothing: mmap of macOS has no such flag.
func populateArenas() {}
