package rt

import (
	"io"
	"os"
	"sync"
	"weak"
)

// stdio is one output stream of a cell. It has two doors, a Writer and an *os.File
// whose other end it reads; what goes in comes out in the order in which one
// goroutine wrote it, whichever doors it took.
type stdio struct {
	mu   sync.Mutex
	w    io.Writer
	pipe *pipe
	file weak.Pointer[os.File] // the end that code writes to, closed when nobody has it any more
}

// Write writes p after what the file has taken so far.
func (s *stdio) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drain()
	return s.w.Write(p)
}

func (s *stdio) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drain()
}

func (s *stdio) drain() {
	if s.pipe != nil {
		s.pipe.drain(s.w)
	}
}

// open gives the stream as a file. It is the writer itself when that is one.
func (s *stdio) open() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.w.(*os.File); ok {
		return f, nil
	}
	if f := s.file.Value(); f != nil {
		return f, nil
	}
	r, f, err := openPipe()
	if err != nil {
		return nil, err
	}
	s.drain()
	s.pipe = newPipe(r)
	s.file = weak.Make(f)
	go s.pipe.copy(s)
	return f, nil
}

// Stdout is the cell's standard output; safe for concurrent use.
func (c *Cell) Stdout() io.Writer { return &c.out }

// Stderr is the cell's standard error.
func (c *Cell) Stderr() io.Writer { return &c.err }

// StdoutFile is the cell's standard output as a file, for code that names os.Stdout.
func (c *Cell) StdoutFile() (*os.File, error) { return c.out.open() }

// StderrFile is the cell's standard error as a file.
func (c *Cell) StderrFile() (*os.File, error) { return c.err.open() }

// Flush waits until everything written so far has reached the cell's writers.
func (c *Cell) Flush() {
	c.out.flush()
	c.err.flush()
}

// Stdout and Stderr write to the cell of the calling goroutine, to the process's
// own streams when it belongs to none.
var (
	Stdout io.Writer = router{os.Stdout, (*Cell).Stdout}
	Stderr io.Writer = router{os.Stderr, (*Cell).Stderr}
)

type router struct {
	process *os.File
	of      func(*Cell) io.Writer
}

func (r router) Write(p []byte) (int, error) {
	if c := Current(); c != nil {
		return r.of(c).Write(p)
	}
	return r.process.Write(p)
}
