package helper

import (
	"context"

	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

const (
	opCompress     = "compress"
	typeCompressed = "compressed"
)

// CompressRequest asks for one zstd frame of each source, whose bytes depend on the
// content and the parameters alone. It is answered in the managed interpreter.
type CompressRequest struct {
	Jobs []CompressJob `json:"jobs"`
	Effort
	WindowLog int      `json:"window_log"` // the window is 1<<WindowLog bytes
	AsText    []string `json:"as_text"`    // how contents begin for which Effort.Text holds as it does for text
}

// Effort is how hard libzstd tries.
type Effort struct {
	Level int            `json:"level"` // libzstd's, 1 to 22
	Tuned map[string]int `json:"tuned"` // its parameters that are to be other than the level's, by python-zstandard's names
	Text  map[string]int `json:"text"`  // the same for text: what has no NUL within its first 4 KiB; none: as Tuned
}

// CompressJob is one file.
type CompressJob struct {
	Source string `json:"source"` // absolute
	Output string `json:"output"` // absolute
}

// Compressed is the answer to a CompressRequest.
type Compressed struct {
	Count int `json:"count"` // frames written
}

// Compress writes one zstd frame for each job, with all processors.
func (h *Helper) Compress(ctx context.Context, req CompressRequest) error {
	tools, err := h.tools(ctx)
	if err != nil {
		return err
	}
	steps := &phases{rep: h.rep, title: "compress what no build compressed before"}
	defer steps.done()
	return h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opCompress, fields: req, answer: typeCompressed, result: &Compressed{}, progress: steps.step,
	})
}

// CompressorID changes with whatever changes the bytes that Compress writes.
func (h *Helper) CompressorID() (string, error) {
	lock, err := pyhelper.Files.ReadFile("lock/" + nativeTools.name + ".txt")
	if err != nil {
		return "", err
	}
	source, err := pyhelper.Files.ReadFile("compress.py")
	return digest(string(lock), string(source)), err
}
