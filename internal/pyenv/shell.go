package pyenv

import (
	_ "embed"
	"io/fs"
)

var (
	//go:embed activate.sh
	activate string
	//go:embed activate.fish
	activateFish string
	//go:embed pip.sh
	pip string
	//go:embed externally-managed
	externallyManaged string
)

// File is a file that every Python environment has, of its own.
type File struct {
	Path string // below the environment's python3.14/
	Text string
	Mode fs.FileMode
}

// Files are those that make an environment one that people can enter and that
// installers leave alone: activate for bash and zsh, activate.fish, a pip that says
// what to do instead, and the marker of PEP 668, which pip and uv heed.
// LibDir is "python3.14".
func Files(libDir string) []File {
	return []File{
		{"bin/activate", activate, 0o644},
		{"bin/activate.fish", activateFish, 0o644},
		{"bin/pip", pip, 0o755},
		{"lib/" + libDir + "/EXTERNALLY-MANAGED", externallyManaged, 0o644},
	}
}
