package assemble

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// systemPackages asks dpkg, where there is one, which packages the libraries of
// this machine come from that joined the bundle; by Dest.
func systemPackages(ctx context.Context, added []helper.LinkFile) map[string]report.SystemPackage {
	found := map[string]report.SystemPackage{}
	if _, err := exec.LookPath("dpkg-query"); err != nil || len(added) == 0 {
		return found
	}
	args := []string{"--search"}
	dests := map[string][]string{} // in layout farm a library has several
	for _, f := range added {
		path, err := filepath.EvalSymlinks(f.Source)
		if err != nil {
			continue
		}
		// Where /lib is a link to /usr/lib, packages know their files by either name.
		for _, name := range []string{path, strings.TrimPrefix(path, "/usr"), "/usr" + path} {
			args, dests[name] = append(args, name), append(dests[name], f.Dest)
		}
	}
	owners := map[string]string{}
	for _, line := range query(ctx, args...) { // "libffi8:amd64: /usr/lib/x86_64-linux-gnu/libffi.so.8.1.2"
		owner, path, ok := strings.Cut(line, ": ")
		for _, dest := range dests[path] {
			if ok {
				owners[dest] = owner
			}
		}
	}
	for dest, owner := range owners {
		for _, line := range query(ctx, "--show", "--showformat", "${Package} ${Version} ${Architecture}\n", owner) {
			if fields := strings.Fields(line); len(fields) == 3 {
				found[dest] = report.SystemPackage{Name: fields[0], Version: fields[1], Arch: fields[2]}
			}
		}
	}
	return found
}

// query runs dpkg-query and returns its lines; it fails for what it does not
// know and still prints the rest.
func query(ctx context.Context, args ...string) []string {
	cmd := exec.CommandContext(ctx, "dpkg-query", args...)
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	out, _ := cmd.Output()
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}
