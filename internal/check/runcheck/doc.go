// Package runcheck runs what is packaged and tells what happened: which of its modules
// import, whether the program starts, whether its forms print the same, and which
// files outside of the bundle were opened. It judges as little as package facts does.
//
// # What a run finds
//
// An environment of nothing but HOME, a new and empty one; a new and empty working
// directory; nothing on standard input; on Linux, where the kernel lets us, a network
// namespace without a network. The process group is killed when the time is over.
//
// That is to make runs equal, and to notice what a program needs beyond its bundle. It
// is no protection: what is run has all the rights of whoever runs the check.
package runcheck
