package pyenv

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// Options of env.Open make environments ones that can hold Python. The helper is
// asked for when there is something to do for it.
func Options(s *store.Store, open func(context.Context) (*helper.Helper, error)) []env.Option {
	return []env.Option{
		env.WithCompletion(completion{s, open}.complete),
		env.WithLayer(Lay, Kinds...),
	}
}

type completion struct {
	store *store.Store
	open  func(context.Context) (*helper.Helper, error)
}

// complete refuses distributions that are for another interpreter, or whose
// requirements are not there, and brings the byte code along.
func (c completion) complete(ctx context.Context, members []env.Laid) ([]env.Laid, error) {
	python, err := interpreter(members)
	if err != nil || python == nil {
		return nil, err
	}
	h, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.check(ctx, h, python, members); err != nil {
		return nil, err
	}
	heads, err := c.store.Heads()
	if err != nil {
		return nil, err
	}
	var more []env.Laid
	for _, m := range members {
		if m.Entry != python && m.Entry.Kind != store.KindDistribution {
			continue
		}
		code, err := Bytecode(ctx, c.store, h, heads, python, m.Entry)
		if err != nil {
			return nil, err
		}
		if code != nil {
			more = append(more, env.Laid{
				Member: env.Member{Entry: code.ID(), Kind: code.Kind, Role: env.RoleData, For: []string{m.Entry.ID()}},
				Entry:  code,
			})
		}
	}
	return more, nil
}

// check judges the distributions with one another.
func (c completion) check(ctx context.Context, h *helper.Helper, python *store.Entry, members []env.Laid) error {
	var infos []string
	for _, m := range members {
		if m.Entry.Kind != store.KindDistribution {
			continue
		}
		if err := Fits(c.store, python, m.Entry); err != nil {
			return err
		}
		if dir := infoDir(m.Entry); dir != "" {
			infos = append(infos, filepath.Join(c.store.Tree(m.Entry), wheel.SitePackages, dir))
		}
	}
	if len(infos) == 0 {
		return nil
	}
	dist, err := Describe(ctx, c.store, python)
	if err != nil {
		return err
	}
	lacking, err := h.Unfulfilled(ctx, dist, infos)
	if err != nil || len(lacking) == 0 {
		return err
	}
	text := lacking[0]
	if more := len(lacking) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more like this", more)
	}
	return &Error{Text: text, Next: hint(lacking[0])}
}

// hint says how to get a distribution that is missing; "" if it is another trouble.
func hint(lacking string) string {
	_, rest, ok := strings.Cut(lacking, " requires `")
	if requirement, _, closed := strings.Cut(rest, "`"); ok && closed {
		return "llgo py env install ENV '" + requirement + "'   # together with what requires it"
	}
	return ""
}
