//go:build unix

package rt

import (
	"io"
	"os"
	"syscall"
)

// pipe is the end that the runtime reads.
type pipe struct {
	r   *os.File
	fd  int // of r, -1 once it is closed; read under the stream's lock
	buf []byte
}

func newPipe(r *os.File) *pipe {
	p := &pipe{r: r, fd: -1, buf: make([]byte, 4096)}
	if c, err := r.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { p.fd = int(fd) })
	}
	return p
}

// drain copies what is in the pipe and does not wait for more. The stream is locked.
func (p *pipe) drain(w io.Writer) (more bool) {
	for p.fd >= 0 {
		n, err := syscall.Read(p.fd, p.buf)
		switch {
		case n > 0:
			w.Write(p.buf[:n])
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return true
		default: // closed at the other end
			return false
		}
	}
	return false
}

// copy drains the pipe whenever something comes, until the other end is closed.
func (p *pipe) copy(s *stdio) {
	c, err := p.r.SyscallConn()
	if err == nil {
		c.Read(func(uintptr) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return !p.drain(s.w)
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.fd = -1
	p.r.Close()
	if s.pipe == p {
		s.pipe = nil
	}
}
