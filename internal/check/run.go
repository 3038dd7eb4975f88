package check

import "github.com/llgo-pypack/llgo-pypack/internal/check/finding"

// runRules are the pages of what --run finds.
func runRules() []rule {
	return []rule{
		{finding.Rule{
			ID: finding.RunImport, Severity: finding.Error,
			What: "A bundled module cannot be imported, in an empty environment on this machine.",
			Why:  "The program fails when it gets there, and the same elsewhere.",
			Mend: "The text has the exception. For a module that is missing: --py-hidden-import, or another requirement.",
		}, nil},
		{finding.Rule{
			ID: finding.RunStart, Severity: finding.Error,
			What: "The program does not start in an empty environment, with a fresh home and working directory.",
			Why:  "It depends on something of the shell it was built in.",
			Mend: "Start it yourself with nothing around it:\n  env -i PROGRAM",
		}, nil},
		{finding.Rule{
			ID: finding.RunOutput, Severity: finding.Error,
			What:   "Forms of one program (directory, one file, unpacked) do not print the same.",
			Why:    "They are the same files and have to behave the same. What differs depends on where the program lies.",
			Mend:   "Look for __file__, sys.argv[0] and the working directory in what the program prints; data files belong beside modules and are opened by importlib.resources.",
			Limits: "Programs are taken for forms of one by the path of their main package, which Go records, by equal executables, or by their name up to a dot. What is not packaged is compared with the first program.",
		}, nil},
		{finding.Rule{
			ID: finding.RunOutside, Severity: finding.Warning,
			What:   "The program opened a file outside of its bundle that not every machine has.",
			Why:    "It works here because the file is here.",
			Mend:   "Bundle the file, or have the program do without.",
			Limits: "What Python opens is seen by an audit hook, all else only where strace is installed.",
		}, nil},
	}
}
