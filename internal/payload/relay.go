package payload

import "io"

// A relay is a writer in front of another one, which it calls in a goroutine of its own:
// there one piece is hashed and written while the next is decompressed.
type relay struct {
	w    io.Writer
	free chan []byte   // buffers to fill
	full chan []byte   // pieces in their order
	bad  chan struct{} // closed after an error of w
	done chan struct{} // closed when the goroutine has ended
	err  error         // of w; to be read after done
}

// Pieces are as large as a block of zstd.
const (
	relayPiece  = 128 << 10
	relayPieces = 4
)

func newRelay(w io.Writer) *relay {
	r := &relay{
		w: w, free: make(chan []byte, relayPieces), full: make(chan []byte, relayPieces),
		bad: make(chan struct{}), done: make(chan struct{}),
	}
	for i := 0; i < relayPieces; i++ {
		r.free <- make([]byte, relayPiece)
	}
	go r.run()
	return r
}

func (r *relay) run() {
	defer close(r.done)
	for piece := range r.full {
		if _, r.err = r.w.Write(piece); r.err != nil {
			close(r.bad)
			return
		}
		r.free <- piece[:relayPiece]
	}
}

// Write takes all of b, unless the other writer failed: then it returns io.ErrClosedPipe,
// and finish says why.
func (r *relay) Write(b []byte) (n int, err error) {
	for n < len(b) {
		select {
		case piece := <-r.free:
			piece = piece[:copy(piece, b[n:])]
			n += len(piece)
			r.full <- piece // there is room for all pieces
		case <-r.bad:
			return n, io.ErrClosedPipe
		}
	}
	return n, nil
}

// finish waits until all was written and returns the error of the other writer.
func (r *relay) finish() error {
	close(r.full)
	<-r.done
	return r.err
}
