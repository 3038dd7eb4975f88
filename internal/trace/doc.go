// Package trace finds out what a program uses of Python while it runs, and what
// of that its package would lack.
//
// The program runs as it was built for this machine, with one addition to its
// modules: a recorder (pyhelper/tracing), an audit hook that hears of modules,
// extension modules, opened files and mapped libraries. It lies in a virtual
// environment that is also sys.executable, so that child processes record as
// well. Nothing is added to the environment variables, and nothing of the user's
// interpreter or packages is touched.
//
//	Prepare   makes the environment
//	Read      what its processes recorded
//	Compare   with the plan of the analysis: a Report, with the settings that
//	          would have told the analysis
//
// A trace sees the paths that the program took, and no others: it completes an
// analysis and is no replacement of one.
package trace
