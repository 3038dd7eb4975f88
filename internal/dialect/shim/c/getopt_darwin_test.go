package c

// The getopt of macOS stops at the first word that is not an option.
const getoptSeen = "a"
