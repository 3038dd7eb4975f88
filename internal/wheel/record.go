package wheel

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"hash"
	"path"
	"slices"
	"strconv"
	"strings"
)

const recordName = "RECORD"

// claim is what RECORD says of a file ("Recording installed projects" of the
// packaging specifications): hash as "sha256=<base64 without padding>", and size.
type claim struct{ hash, size string }

// unhashed are the files that RECORD lists without a hash.
var unhashed = []string{recordName, "RECORD.jws", "RECORD.p7s"}

func (w *archived) readRecord() error {
	text, err := w.read(recordName)
	if err != nil {
		return err
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord = -1
	lines, err := rows.ReadAll()
	if err != nil {
		return fmt.Errorf("%s/%s: %w", w.info, recordName, err)
	}
	w.record = make(map[string]claim)
	for _, line := range lines {
		if len(line) != 3 {
			return fmt.Errorf("%s/%s: a line of %d fields", w.info, recordName, len(line))
		}
		w.record[line[0]] = claim{line[1], line[2]}
	}
	return nil
}

// checkRecord compares the names in RECORD with those in the archive.
func (w *archived) checkRecord() error {
	there := make(map[string]bool)
	for _, f := range w.files {
		if there[f.Name] {
			return fmt.Errorf("%s is in it twice", f.Name)
		}
		there[f.Name] = true
		claimed, ok := w.record[f.Name]
		top, rest, _ := strings.Cut(f.Name, "/")
		free := top == w.info && slices.Contains(unhashed, rest)
		if !free && (!ok || claimed.hash == "") {
			return fmt.Errorf("%s: RECORD has no hash of it", f.Name)
		}
	}
	for name := range w.record {
		if !there[name] {
			return fmt.Errorf("%s: in RECORD and not in the archive", name)
		}
	}
	return nil
}

// newHash is the function that a claim is made with. The specification asks for
// sha256 or better.
func (c claim) newHash() (hash.Hash, error) {
	switch name, _, _ := strings.Cut(c.hash, "="); name {
	case "sha256":
		return sha256.New(), nil
	case "sha384":
		return sha512.New384(), nil
	case "sha512":
		return sha512.New(), nil
	default:
		return nil, fmt.Errorf("RECORD has a hash that is not accepted: %q", name)
	}
}

func (c claim) compare(sum []byte, size int64) error {
	_, want, _ := strings.Cut(c.hash, "=")
	if got := base64.RawURLEncoding.EncodeToString(sum); got != strings.TrimRight(want, "=") {
		return fmt.Errorf("its content is not what RECORD says")
	}
	if c.size != "" && c.size != strconv.FormatInt(size, 10) {
		return fmt.Errorf("its size is %d, and RECORD says %s", size, c.size)
	}
	return nil
}

// Recorded is a file that a RECORD is to list.
type Recorded struct {
	Path   string // in the layout
	SHA256 []byte
	Size   int64
}

// prefix leads from a site-packages directory to the prefix of its interpreter,
// lib/python3.14/site-packages being CPython's scheme "posix_prefix".
const prefix = "../../../"

// Record returns the text of RECORD for a distribution with the given files, and
// the path of RECORD in the layout. Paths are those of an installation, relative
// to site-packages: what lies outside of it is named from the interpreter's
// prefix, as every installer does.
func Record(info string, files []Recorded) (name string, text []byte, err error) {
	var out bytes.Buffer
	rows := csv.NewWriter(&out)
	own := path.Join(info, recordName)
	lines := [][]string{{own, "", ""}}
	for _, f := range files {
		listed, inside := strings.CutPrefix(f.Path, SitePackages+"/")
		if !inside {
			listed = prefix + f.Path
		}
		if listed != own {
			lines = append(lines, []string{listed, "sha256=" + base64.RawURLEncoding.EncodeToString(f.SHA256), strconv.FormatInt(f.Size, 10)})
		}
	}
	slices.SortFunc(lines, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	err = rows.WriteAll(lines)
	return path.Join(SitePackages, own), out.Bytes(), err
}
