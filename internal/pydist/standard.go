package pydist

import (
	"context"
	"fmt"
	"strings"
)

// StandardModules tells which of some names are modules of the distribution's
// standard library: those that it finds without any site directory.
func (d *Dist) StandardModules(ctx context.Context, names []string) (map[string]bool, error) {
	const code = `
import importlib.util, sys
def has(name):
    try:
        return name.isidentifier() and importlib.util.find_spec(name) is not None
    except ValueError:  # __main__ has no spec
        return True
print("\n".join(name for name in sys.argv[1:] if has(name)))`
	cmd, err := d.Command(ctx, append([]string{"-S", "-c", code}, names...)...)
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s for its standard library: %w", d.Executable, err)
	}
	standard := make(map[string]bool)
	for _, name := range strings.Fields(string(out)) {
		standard[name] = true
	}
	return standard, nil
}
