package c

// glibc's getopt moves what is not an option to the end.
const getoptSeen = "a bvalue ?"
