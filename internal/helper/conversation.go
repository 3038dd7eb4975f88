package helper

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// maxMessage limits the length of a message, in bytes. The longest real one is
// the plan of a large program: a few hundred bytes for each of its files.
const maxMessage = 64 << 20

// conversation is one request to pyhelper and what comes back.
type conversation struct {
	cmd      *exec.Cmd // starts pyhelper
	op       string
	fields   any    // of the request
	answer   string // type of the final message that is the result
	result   any    // where its fields go
	rep      progress.Reporter
	progress func(Progress)
	finding  func(Finding)
	reading  func(Reading)
	verbose  io.Writer

	done   bool   // the final message was read
	failed *Error // it was an error
}

// errCutOff says that the stream ended in the middle of a message.
var errCutOff = errors.New("its last message is cut off")

// run holds the conversation. Its errors are one line each: pyhelper could not be
// started, crashed, broke the protocol, or answered with an error of its own.
func (c *conversation) run(ctx context.Context) error {
	request, err := encode(header{Protocol, c.op}, c.fields)
	if err != nil {
		return err
	}
	stderr := prepare(c.cmd, c.verbose)
	c.cmd.Stdin = bytes.NewReader(request)
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("cannot start the Python helper: %w", err)
	}
	broken := c.read(stdout)
	if broken != nil && !errors.Is(broken, errCutOff) {
		_ = c.cmd.Cancel() // whatever it still has to say is of no use
	}
	err = c.cmd.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.verdict(broken, err, stderr.String())
}

// verdict judges a conversation by what was read and how the process ended. What
// explains most comes first: an error that pyhelper reported, a broken protocol,
// a crash (whose cut-off message is only its consequence).
func (c *conversation) verdict(broken, exit error, stderr string) error {
	switch {
	case c.failed != nil:
		return c.failed
	case broken != nil && !errors.Is(broken, errCutOff):
		return &Error{Text: "the Python helper broke the protocol: " + broken.Error(), Output: stderr}
	case exit != nil:
		return crashed(exit, stderr)
	case broken != nil:
		return &Error{Text: "the Python helper ended early: " + broken.Error(), Output: stderr}
	case !c.done:
		return &Error{Text: "the Python helper ended without an answer to " + c.op, Output: stderr}
	}
	return nil
}

func crashed(exit error, stderr string) *Error {
	text := "the Python helper crashed (" + ended(exit) + ")"
	if last := lastLine(stderr); last != "" {
		text += ": " + oneLine(last)
	}
	return &Error{Text: text, Output: stderr}
}

// read handles the messages of a stream up to its end, or up to the first one
// that breaks the protocol.
func (c *conversation) read(stream io.Reader) error {
	scanner := bufio.NewScanner(stream)
	scanner.Buffer(make([]byte, 64<<10), maxMessage)
	scanner.Split(wholeLines)
	for scanner.Scan() {
		if err := c.handle(scanner.Bytes()); err != nil {
			return err
		}
	}
	if errors.Is(scanner.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a message is longer than %d MiB", maxMessage>>20)
	}
	return scanner.Err()
}

// wholeLines is bufio.ScanLines, except that a last line without its end is an
// error.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, errCutOff
	}
	return 0, nil, nil
}

// handle acts on one message.
func (c *conversation) handle(line []byte) error {
	var message struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &message); err != nil {
		return fmt.Errorf("%s is not a message", quote(line))
	}
	if c.done {
		return fmt.Errorf("a message of type %q follows the final one", message.Type)
	}
	switch message.Type {
	case c.answer:
		c.done = true
		return cmp.Or(c.decode(message.Type, line, c.result), checkVersion(c.result))
	case typeError:
		c.done = true
		c.failed = &Error{}
		return c.decode(message.Type, line, c.failed)
	case typeProgress:
		return deliver(c, message.Type, line, c.progress)
	case typeFinding:
		return deliver(c, message.Type, line, c.finding)
	case typeReading:
		return deliver(c, message.Type, line, c.reading)
	case typeWarning:
		return deliver(c, message.Type, line, func(w Warning) { c.rep.Warn(w.Text) })
	}
	return fmt.Errorf("a message of type %q is no answer to %s", message.Type, c.op)
}

// checkVersion compares versions where the other side names its own. A request
// names ours, and pyhelper answers with an error if that is not its version.
func checkVersion(result any) error {
	if hello, ok := result.(*Hello); ok && hello.Protocol != Protocol {
		return fmt.Errorf("it speaks version %d of the protocol, this program version %d", hello.Protocol, Protocol)
	}
	return nil
}

// deliver decodes a message and hands it over, if anybody wants it.
func deliver[T any](c *conversation, kind string, line []byte, to func(T)) error {
	var message T
	err := c.decode(kind, line, &message)
	if err == nil && to != nil {
		to(message)
	}
	return err
}

func (c *conversation) decode(kind string, line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("cannot read its %s message: %w", kind, err)
	}
	return nil
}

// quote shows the beginning of a line.
func quote(line []byte) string {
	const limit = 60
	text := strings.ToValidUTF8(string(line), "?")
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}
