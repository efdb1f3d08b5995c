//go:build !unix

package rt

import (
	"io"
	"os"
)

// pipe is the end that the runtime reads. Here it cannot be read without waiting,
// so what goes through the file may come after what the writer took later.
type pipe struct{ r *os.File }

func newPipe(r *os.File) *pipe { return &pipe{r} }

func (p *pipe) drain(io.Writer) bool { return true }

func (p *pipe) copy(s *stdio) {
	buf := make([]byte, 4096)
	for {
		n, err := p.r.Read(buf)
		if n > 0 {
			s.mu.Lock()
			s.w.Write(buf[:n])
			s.mu.Unlock()
		}
		if err != nil {
			p.r.Close()
			return
		}
	}
}
