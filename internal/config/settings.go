// Package config is what can be set about the Python side of a build: on the
// command line (--py-hidden-import) and in the table [tool.llgo-py] of a
// pyproject.toml beside go.mod (hidden-import), with tables for one operating
// system only ([tool.llgo-py.linux], .darwin, .windows).
//
// The table of everything is the type Settings: a field more there is a flag and
// a key more everywhere. What is set more than once follows PyInstaller: values
// of a list add up, in the order file, table of the system, flags; of anything
// else the last one counts, so that flags win. Relative paths are relative to
// the file that has them, or to the working directory for flags.
package config

// Settings are the effective values, each with where it came from.
//
// Tags: py is the name. default is the value if none is given. one lists the
// values there are. path says which part is a path: "all" of it, the "source" of
// SRC:DST, or all unless it is a "name" (a version, a command). from restricts
// where it can be set: "flag" or "file".
type Settings struct {
	// How to build.
	Compiler      String `py:"compiler" default:"auto" one:"auto,llgo,go"`
	Onedir        Bool   `py:"onedir" from:"flag"`
	Onefile       Bool   `py:"onefile" from:"flag"`
	NoInterpreter Bool   `py:"no-interpreter"`
	Layout        String `py:"layout" default:"mapped" one:"mapped,tree,farm"` // modules in one file, each its own, by where they come from
	WithSources   Bool   `py:"sources"`                                        // the sources of modules travel as well
	Optimize      String `py:"optimize" default:"0" one:"0,1,2"`               // of byte code, as python -O counts
	Strip         Bool   `py:"strip"`                                          // native libraries travel without symbols
	Compress      String `py:"compress" default:"good" one:"best,good,fast"`   // one file: small, or soon done
	Report        List   `py:"report" path:"all"`

	// Which Python, and what is installed for it.
	Python       String `py:"python" path:"name"`
	Requirement  List   `py:"requirement"`
	Dependencies List   `py:"dependencies" from:"file"`
	Locked       Bool   `py:"locked" from:"flag"` // refuse to install anything else than the lock says

	// What goes along that no analysis sees, and what does not.
	Keep                  List   `py:"keep"` // groups of internal/leftout
	Deps                  String `py:"deps" default:"auto" one:"auto,all"`
	Path                  List   `py:"path" path:"all"`
	HiddenImport          List   `py:"hidden-import"`
	ExcludeModule         List   `py:"exclude-module"`
	CollectSubmodules     List   `py:"collect-submodules"`
	CollectData           List   `py:"collect-data"`
	CollectBinaries       List   `py:"collect-binaries"`
	CollectAll            List   `py:"collect-all"`
	CopyMetadata          List   `py:"copy-metadata"`
	RecursiveCopyMetadata List   `py:"recursive-copy-metadata"`
	AddData               List   `py:"add-data" path:"source"`
	AddBinary             List   `py:"add-binary" path:"source"`
	AdditionalHooksDir    List   `py:"additional-hooks-dir" path:"all"`
	RuntimeHook           List   `py:"runtime-hook" path:"all"`
}
