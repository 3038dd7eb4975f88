package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/install"
)

// What install and uninstall print.

// installed tells what was done, or what would be.
func (u *ui) installed(p *install.Plan, dry bool) {
	for _, s := range p.Steps {
		u.step(s, dry)
	}
	fields := map[string]any{
		"type": "installed", "entry": p.Entry.ID(), "where": p.Where, "programs": p.Programs(),
		"already": p.Already(), "dry": dry, "machine": p.Machine, "left": p.Left,
	}
	if u.event(fields) {
		return
	}
	names := strings.Join(p.Programs(), ", ")
	switch {
	case p.Already():
		u.line("%s has %s already: %s", p.Where, p.Entry.ID(), names)
	case dry:
	default:
		u.line("%s is in %s: %s", p.Entry.ID(), p.Where, names)
	}
	for _, name := range p.Machine {
		u.line("%s is this machine's: the store has none", name)
	}
	if p.Left > 0 {
		u.line("%d files of it have no place beside a program; in an environment they have: llgo py env install", p.Left)
	}
}

// step prints one step of a plan; for people, only if the plan is all that is asked for.
func (u *ui) step(s install.Step, dry bool) {
	fields := map[string]any{"type": "step", "do": s.Do, "path": s.Path}
	for name, value := range map[string]string{"target": s.Target, "was": s.Was, "entry": s.Entry} {
		if value != "" {
			fields[name] = value
		}
	}
	if s.Size > 0 {
		fields["size"] = s.Size
	}
	if u.event(fields) || !dry && !u.verbose {
		return
	}
	line := fmt.Sprintf("%-7s %s", s.Do, s.Path)
	switch {
	case s.Do == install.DoLeave:
		line += ": " + s.Target
	case s.Target != "":
		line += " -> " + s.Target
	case s.Entry != "":
		line += " of " + s.Entry
	}
	if s.Was != "" {
		line += " (was " + s.Was + ")"
	}
	fmt.Println(line)
}

// other tells of a program of the same name elsewhere on PATH: louder, if one of the
// two cannot be started by its name.
func (u *ui) other(p *install.Plan, o install.Other) {
	order := map[install.Order]string{install.NotOnPath: "", install.Shadowed: "shadowed", install.Shadows: "shadows"}[o.Order]
	if u.event(map[string]any{
		"type": "other", "name": o.Name, "path": o.Path, "order": order, "same": o.Same,
		"version": o.Version, "sha256": string(o.Hash), "entries": o.Entries,
	}) {
		return
	}
	theirs := describeFile(o.Path, o.Version, string(o.Hash))
	ours := p.Record.Program(o.Name)
	mine := describeFile(filepath.Join(p.Where, o.Name), p.Entry.Version, string(ours.Object))
	switch {
	case o.Same:
		u.line("%s on PATH is the same program", o.Path)
	case o.Order == install.Shadowed:
		u.line("warning: %s now means %s; it hides %s", o.Name, mine, theirs)
	case o.Order == install.Shadows:
		u.line("warning: %s still means %s, which comes first on PATH; it hides %s", o.Name, theirs, mine)
	default:
		u.line("there is another %s on PATH: %s", o.Name, theirs)
	}
}

func describeFile(path, version, sum string) string {
	if version == "" {
		version = "version unknown"
	}
	if sum == "" {
		return fmt.Sprintf("%s (%s)", path, version)
	}
	return fmt.Sprintf("%s (%s, sha256 %.12s…)", path, version, sum)
}

// record prints what one record says, and which of its programs are in use.
func (u *ui) record(in *install.Installer, r *install.Record) {
	var used, names []string
	for _, a := range r.Aliases {
		if filepath.Dir(a.Path) != "." {
			continue
		}
		names = append(names, a.Link)
		if target, err := os.Readlink(filepath.Join(in.Where(), a.Path)); err == nil && target == a.Link {
			used = append(used, a.Path)
		}
	}
	if u.event(map[string]any{"type": "record", "entry": r.Entry, "programs": names, "in_use": used, "libs": r.Libs}) {
		return
	}
	line := r.Entry + "  " + strings.Join(names, " ")
	if len(used) > 0 {
		line += "  in use: " + strings.Join(used, " ")
	}
	fmt.Println(line)
}

// uninstalled tells what was taken away, or what would be.
func (u *ui) uninstalled(p *install.Removal, dry bool) {
	for _, s := range p.Steps {
		u.step(s, dry)
	}
	if u.event(map[string]any{"type": "uninstalled", "entry": p.Record.Entry, "where": p.Where, "dry": dry}) || dry {
		return
	}
	u.line("%s is no longer in %s", p.Record.Entry, p.Where)
	for _, s := range p.Steps {
		switch {
		case s.Do == install.DoSwitch && filepath.Dir(s.Path) == ".":
			u.line("%s now leads to %s", s.Path, s.Target)
		case s.Do == install.DoLeave && !strings.HasPrefix(s.Target, "used by"):
			u.line("%s stays: it %s", s.Path, s.Target)
		}
	}
}
