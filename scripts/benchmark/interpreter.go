package main

import (
	"embed"
	"fmt"
	"path/filepath"
)

// interpreter is the name of the bare interpreter among the programs.
const interpreter = "python -I -S"

// programs holds Python that does what an app does and prints the same. An app
// without one is measured without interpreter and peers: stdlib, for one, starts
// processes of its own.
//
//go:embed programs/*.py
var programs embed.FS

// pythonOf returns the Python that does what an app does, "" if there is none.
func pythonOf(app string) string {
	code, _ := programs.ReadFile("programs/" + app + ".py")
	return string(code)
}

// addInterpreter adds the interpreter in the onedir package, so that both use the
// same libpython and the same modules.
func (a *App) addInterpreter() {
	code := pythonOf(a.Name)
	if code == "" {
		return
	}
	home := filepath.Join(filepath.Dir(a.program(onedir).argv[0]), "python")
	argv := []string{filepath.Join(home, "bin", "python3"), "-I", "-S", "-c", sitePath(home) + code}
	a.Programs = append(a.Programs, &Program{Name: interpreter, argv: argv})
}

// sitePath makes site-packages importable under -S.
func sitePath(home string) string {
	found, _ := filepath.Glob(filepath.Join(home, "lib", "python3*", "site-packages"))
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf("import sys; sys.path.append(%q)\n", found[0])
}
