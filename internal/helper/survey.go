package helper

import (
	"context"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

const (
	opSurvey     = "survey"
	typeSurveyed = "surveyed"
)

// surveyRequest asks what the code of a library refers to. It is answered in the managed
// interpreter.
type surveyRequest struct {
	Library string `json:"library"` // absolute
	Output  string `json:"output"`  // absolute, does not exist
}

// surveyed is the answer to a surveyRequest.
type surveyed struct {
	Functions int    `json:"functions"`
	Doubt     string `json:"doubt"` // why nothing was written, "" if something was
}

// SurveyOnce returns a file that says what the code of a managed interpreter's libpython
// refers to, for LinkRequest.Survey. It is kept: the identity of a managed interpreter
// covers its library. The file is "" if the library is not as expected, and doubt says why.
func (h *Helper) SurveyOnce(ctx context.Context, dist *pydist.Dist) (file, doubt string, err error) {
	store, err := kept.Open()
	if err != nil {
		return "", "", err
	}
	id, err := nativeID()
	if err != nil {
		return "", "", err
	}
	key := kept.NewKey("survey", []byte(id), []byte(dist.Interpreter))
	if r, ok := store.File(key); ok {
		return r.Path, "", nil
	}
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(work)
	output := filepath.Join(work, "survey")
	answer, err := h.survey(ctx, surveyRequest{Library: dist.LibPython, Output: output})
	if err != nil || answer.Doubt != "" {
		return "", answer.Doubt, err
	}
	r, err := store.KeepFile(key, output)
	return r.Path, "", err
}

func (h *Helper) survey(ctx context.Context, req surveyRequest) (answer surveyed, err error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return answer, err
	}
	steps := &phases{rep: h.rep, title: "read the code of libpython"}
	defer steps.done()
	err = h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opSurvey, fields: req, answer: typeSurveyed, result: &answer, progress: steps.step,
	})
	return answer, err
}
