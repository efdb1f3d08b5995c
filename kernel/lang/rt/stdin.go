package rt

import (
	"context"
	"io"
	"os"
	"sync"
	"time"
	"weak"
)

// stdin is the standard input of a cell. A read that an interrupt leaves behind
// goes on; what it brings is for the next reader.
type stdin struct {
	r    io.Reader // nil: the process's own
	turn chan struct{}
	once sync.Once

	late chan struct{} // closed when the read under way has its result
	data []byte
	err  error

	mu   sync.Mutex
	file weak.Pointer[os.File]
}

func (s *stdin) reader() io.Reader {
	if s.r == nil {
		return os.Stdin
	}
	return s.r
}

// read is one interruptible read.
func (s *stdin) read(p []byte) (int, error) {
	s.once.Do(func() { s.turn = make(chan struct{}, 1) })
	end := ended()
	select {
	case s.turn <- struct{}{}:
	case <-end:
		interrupted()
	}
	defer func() { <-s.turn }()
	if s.late == nil && len(s.data) == 0 && s.err == nil {
		s.late = make(chan struct{})
		go s.fill(s.late, len(p))
	}
	if s.late != nil {
		select {
		case <-s.late:
			s.late = nil
		case <-end:
			interrupted()
		}
	}
	if len(s.data) > 0 {
		n := copy(p, s.data)
		s.data = s.data[n:]
		return n, nil
	}
	err := s.err
	s.err = nil
	return 0, err
}

func (s *stdin) fill(done chan struct{}, size int) {
	buf := make([]byte, max(size, 1))
	n, err := s.reader().Read(buf)
	s.data, s.err = buf[:n], err
	close(done)
}

// Stdin reads the standard input of the cell of the calling goroutine. An interrupt
// ends the read.
var Stdin io.Reader = stdinRouter{}

type stdinRouter struct{}

func (stdinRouter) Read(p []byte) (int, error) {
	if c := Current(); c != nil {
		return c.in.read(p)
	}
	return os.Stdin.Read(p)
}

// StdinFile is the cell's standard input as a file, for code that names os.Stdin.
// Asking for it starts to read the input, since a file cannot tell when it is read.
func (c *Cell) StdinFile() (*os.File, error) {
	if f, ok := c.in.reader().(*os.File); ok {
		return f, nil
	}
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	if f := c.in.file.Value(); f != nil {
		return f, nil
	}
	r, w, err := openPipe()
	if err != nil {
		return nil, err
	}
	c.in.file = weak.Make(r)
	file := c.in.file
	context.AfterFunc(c.ctx, func() { // an interrupt ends a read
		if f := file.Value(); f != nil {
			f.SetReadDeadline(time.Now())
		}
	})
	go func() {
		defer w.Close()
		c.pump(w, file)
	}()
	return r, nil
}

// stdinGrace is how long a cell has to run on with all its input read before it is taken to
// want more: the file cannot tell, and a question to a user that nobody waits for is a
// nuisance.
const stdinGrace = 50 * time.Millisecond

// pump writes the cell's input to the pipe of its file, piece by piece as it is read, until
// the input or the cell ends.
func (c *Cell) pump(w io.Writer, file weak.Pointer[os.File]) {
	piece := make([]byte, 32<<10)
	for {
		n, err := c.in.reader().Read(piece)
		if _, werr := w.Write(piece[:n]); err != nil || werr != nil {
			return
		}
		for quiet := time.Duration(0); quiet < stdinGrace; quiet += stdinGrace / 5 {
			time.Sleep(stdinGrace / 5)
			f := file.Value()
			if f == nil || c.Live() == 0 || c.Interrupted() {
				return
			}
			if Unread(f) {
				quiet = 0
			}
		}
	}
}
