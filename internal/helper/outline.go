package helper

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// People edit their own modules, and an analysis takes seconds. What it can see of a
// module is its outline (pyhelper/outline.py): the import statements with what stands
// around them, and of names and string constants those that mean something to it. As
// long as these stay the same in all of the program's own modules, so does the plan.
//
// Everything doubtful counts by its content instead: a module whose outline is in doubt,
// all of them if hooks of the user's or something that is to be collected may read
// them, and a module of the program's that a module of others imports (see
// [keptPlan]).

// outlineRequest asks what an analysis can see of modules. It is answered in the target
// interpreter.
type outlineRequest struct {
	Sources []string `json:"sources"` // absolute
}

// moduleOutline is what an analysis can see of a module; with a doubt it is empty.
type moduleOutline struct {
	Doubt   string   `json:"doubt"`
	Imports []string `json:"imports"` // statements, with what is around each
	Asked   []string `json:"asked"`   // names in from … import
	Names   []string `json:"names"`   // all there are
	Strings []string `json:"strings"` // constants without blanks
}

// outlined is the answer to an outlineRequest, in the order of its sources.
type outlined struct {
	Modules []moduleOutline `json:"modules"`
}

// outlines says what to take in place of the content of the program's own sources, by
// path; sources in doubt are left out.
func (h *Helper) outlines(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest) (map[string]string, error) {
	if req.Options.readsModules() {
		return nil, nil
	}
	files, err := belowAll(slices.Concat(req.Options.Paths, req.Options.RuntimeHooks))
	if err != nil {
		return nil, err
	}
	sources := slices.DeleteFunc(files, func(path string) bool { return filepath.Ext(path) != ".py" || !isFile(path) })
	if len(sources) == 0 {
		return nil, nil
	}
	found, err := h.outlineOnce(ctx, dist, sources)
	if err != nil {
		return nil, err
	}
	asked := askedNames(req, found)
	groups := entryPointGroups(slices.Concat(req.Options.Paths, dist.SitePackages))
	said := map[string]string{}
	for i, o := range found {
		if o.Doubt == "" {
			said[sources[i]] = digest(digest(o.Imports...), digest(common(o.Names, asked)...), digest(common(o.Strings, groups)...))
		}
	}
	return said, nil
}

// readsModules reports whether more than the import graph may look into the program's own
// modules.
func (o AnalyzeOptions) readsModules() bool {
	return o.Everything || len(o.HookDirs) > 0 || slices.ContainsFunc(o.Collect, func(c Collect) bool {
		top, _, _ := strings.Cut(c.Name, ".")
		return slices.ContainsFunc(o.Paths, func(dir string) bool {
			found, _ := filepath.Glob(filepath.Join(dir, top+"*"))
			return len(found) > 0
		})
	})
}

var identifiers = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_]*`)

// askedNames are the names that something of the program's may mean as parts of packages.
func askedNames(req AnalyzeRequest, found []moduleOutline) map[string]bool {
	asked := map[string]bool{}
	for _, o := range found {
		for _, name := range o.Asked {
			asked[name] = true
		}
	}
	var texts []string
	for _, m := range req.Modules {
		texts = append(texts, m.Name)
	}
	for _, s := range req.Snippets {
		texts = append(texts, s.Code)
	}
	for _, name := range identifiers.FindAllString(strings.Join(texts, " "), -1) {
		asked[name] = true
	}
	return asked
}

// entryPointGroups are the groups of the entry points of what is installed in
// directories: the sections of their entry_points.txt.
func entryPointGroups(dirs []string) map[string]bool {
	groups := map[string]bool{}
	for _, dir := range dirs {
		for _, pattern := range []string{"*.dist-info", "*.egg-info", "*.egg/EGG-INFO"} {
			files, _ := filepath.Glob(filepath.Join(dir, pattern, "entry_points.txt"))
			for _, file := range files {
				addSections(groups, file)
			}
		}
	}
	return groups
}

func addSections(groups map[string]bool, file string) {
	f, err := os.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); strings.HasPrefix(line, "[") {
			groups[strings.TrimSpace(strings.Trim(line, "[]"))] = true
		}
	}
}

// common are those of list that are in set.
func common(list []string, set map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !set[s] })
}

// outlineOnce outlines sources, each content once.
func (h *Helper) outlineOnce(ctx context.Context, dist *pydist.Dist, sources []string) ([]moduleOutline, error) {
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	_, tools, err := listSources(pyhelper.Files)
	if err != nil {
		return nil, err
	}
	found := make([]moduleOutline, len(sources))
	keys := make([]kept.Key, len(sources))
	var missing []int
	keyOf := func(source string) (kept.Key, error) {
		sum, err := objects.HexOfFile(source)
		return kept.NewKey("outline", []byte(sum), []byte(dist.Interpreter), []byte(tools)), err
	}
	for i, source := range sources {
		if keys[i], err = keyOf(source); err != nil {
			return nil, err
		}
		if data, ok := store.Bytes(keys[i]); !ok || json.Unmarshal(data, &found[i]) != nil {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	made, err := h.outline(ctx, dist, pick(sources, missing))
	if err != nil {
		return nil, err
	}
	for j, i := range missing {
		found[i] = made[j]
		data, err := json.Marshal(made[j])
		if err != nil {
			return nil, err
		}
		if now, err := keyOf(sources[i]); err != nil || now != keys[i] {
			return nil, cmp.Or(err, errEdited)
		}
		if err := store.KeepBytes(keys[i], data); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func pick(list []string, which []int) (picked []string) {
	for _, i := range which {
		picked = append(picked, list[i])
	}
	return picked
}

func (h *Helper) outline(ctx context.Context, dist *pydist.Dist, sources []string) ([]moduleOutline, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	main, err := tools.main(ctx)
	if err != nil {
		return nil, err
	}
	var answer outlined
	err = h.askPlain(ctx, dist, main, &conversation{
		op: opOutline, fields: outlineRequest{sources}, answer: typeOutlined, result: &answer,
	})
	if err == nil && len(answer.Modules) != len(sources) {
		err = &Error{Text: "the Python helper outlined other modules than it was asked for"}
	}
	return answer.Modules, err
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
