package helper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
)

// EditTOML returns the text of a TOML file with its entries changed and
// everything else, comments and layout included, as it was. An error says what
// stands in the way; it does not name the file.
func (h *Helper) EditTOML(ctx context.Context, text string, entries []Entry) (string, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return "", err
	}
	answer := &edited{}
	err = h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opEdit, fields: editRequest{text, entries}, answer: typeEdited, result: answer,
	})
	return answer.Text, err
}

// EditTOMLFile changes entries of the file at path, which is made if it does not
// exist. The file holds its old text or its new one, whatever happens.
func (h *Helper) EditTOMLFile(ctx context.Context, path string, entries []Entry) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := h.EditTOML(ctx, string(old), entries)
	if err != nil {
		return fmt.Errorf("cannot edit %s: %w", path, err)
	}
	return durable.Replace(path, []byte(text), 0o644)
}
