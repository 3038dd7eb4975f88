package helper

import (
	"context"
)

const (
	opRelocate    = "relocate"
	typeRelocated = "relocated"
)

// relocateRequest asks for changed copies of native files. It is answered in the
// managed interpreter.
type relocateRequest struct {
	Jobs []RelocateJob `json:"jobs"`
}

// RelocateJob is one native file.
type RelocateJob struct {
	Source string   `json:"source"` // absolute
	Output string   `json:"output"` // absolute; its directory is made
	Search []string `json:"search"` // all of its DT_RUNPATH, or of its LC_RPATHs

	// Names are the libraries that it is to need in place of others: old to new.
	Names map[string]string `json:"names"`
	// InstallName is what a Mach-O library calls itself, "" for what it did.
	InstallName string `json:"install_name"`
}

// RelocateFailed is a file that cannot be changed without breaking it; there is no
// copy of it.
type RelocateFailed struct {
	Source string `json:"source"`
	Text   string `json:"text"`
}

// relocated is the answer to a relocateRequest.
type relocated struct {
	Count  int              `json:"count"` // files written
	Failed []RelocateFailed `json:"failed"`
}

// Relocate writes native files again, each once, with another search path: see
// pyhelper/binaries/relocate.py. It returns those that cannot be changed.
func (h *Helper) Relocate(ctx context.Context, jobs []RelocateJob) ([]RelocateFailed, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	answer := &relocated{}
	steps := &phases{rep: h.rep, title: "set where native files look for libraries"}
	defer steps.done()
	err = h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opRelocate, fields: relocateRequest{jobs}, answer: typeRelocated, result: answer, progress: steps.step,
	})
	return answer.Failed, err
}
