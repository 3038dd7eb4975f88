// Package check says whether what was built will run elsewhere: executables, onedir
// and onefile programs, wheels, and directories of them, for Linux and macOS, on any
// host.
//
//	facts  →  rules  →  baseline  →  renderers
//
// Package facts reads a container and has no opinion; the rules here have one, and
// read nothing themselves. What a machine is expected to have is data (package
// policy). Findings go to a finding.Handler one by one, in an order that depends on
// the container alone.
//
// A rule stands with its page of `llgo py check --explain ID` in the file of its
// topic; [Rules] lists them all.
//
// # Which findings are errors
//
// An error is what will not run, or not on the target, or is not what was built; a
// rule that cannot be sure is silent or warns. A rule that cries wolf gets switched
// off, and then it finds nothing: where a fact could be read in two ways, the
// harmless one is taken, and the rule's Limits say so.
package check
