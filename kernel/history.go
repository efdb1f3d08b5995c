package kernel

import (
	"slices"
	"sync"
)

// outputLimit bounds the text of one cell's outputs that the history keeps, in bytes.
const outputLimit = 1 << 20

// Record is a cell that ran: its source and what came of it.
type Record struct {
	Count int
	Name  string
	Src   string

	mu      sync.Mutex
	outputs []Output
	text    []byte // of the last output, while that is a stream; a string would be copied at each write
	size    int
	cut     bool // more output than the history keeps
	failed  bool
	err     string
}

// Output is one thing a cell showed.
type Output struct {
	Stream string // "stdout" or "stderr"; empty for a display or a value
	Text   string // of a stream
	ID     string // of a display
	Bundle Bundle // of a display or a value
	Value  bool   // the value of the last expression
}

// Outputs returns what the cell has shown so far, in order. Very long output is kept to its first mebibyte; cut
// reports whether something is missing.
func (r *Record) Outputs() (outputs []Output, cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seal()
	return slices.Clone(r.outputs), r.cut
}

// Err returns the message of the error that ended the cell, and whether one did.
func (r *Record) Err() (message string, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err, r.failed
}

func (r *Record) stream(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size+len(text) > outputLimit {
		r.cut = true
		return
	}
	r.size += len(text)
	if n := len(r.outputs); n == 0 || r.outputs[n-1].Stream != name {
		r.seal()
		r.outputs = append(r.outputs, Output{Stream: name})
	}
	r.text = append(r.text, text...)
}

// seal moves the text collected for the last stream to where it belongs.
func (r *Record) seal() {
	if len(r.text) > 0 {
		r.outputs[len(r.outputs)-1].Text += string(r.text)
		r.text = nil
	}
}

func (r *Record) display(id string, b Bundle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.outputs {
		if id != "" && r.outputs[i].ID == id {
			r.outputs[i].Bundle = b
			return
		}
	}
	r.seal()
	r.outputs = append(r.outputs, Output{ID: id, Bundle: b})
}

func (r *Record) finish(res Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failed, r.err = true, err.Error()
		return
	}
	r.seal()
	if res.Shown != nil {
		r.outputs = append(r.outputs, Output{Bundle: res.Shown, Value: true})
	}
}

// History returns the cells that ran, oldest first.
func (s *Session) History() []*Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.history)
}

// recorder keeps what a cell shows and passes it on to its Frontend. Others may stand
// before it, as Cell.Wrap tells.
type recorder struct {
	Frontend
	record *Record

	mu    sync.Mutex
	outer []*Frontend // the newest last; a pointer tells one from its equal
}

// first is what sees the cell's output before all others.
func (r *recorder) first() Frontend {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.outer); n > 0 {
		return *r.outer[n-1]
	}
	return recorded{r}
}

func (r *recorder) Stream(name, text string) { r.first().Stream(name, text) }

func (r *recorder) Display(id string, b Bundle) { r.first().Display(id, b) }

// recorded is the innermost: it records and passes on.
type recorded struct{ *recorder }

func (r recorded) Stream(name, text string) {
	r.record.stream(name, text)
	r.Frontend.Stream(name, text)
}

func (r recorded) Display(id string, b Bundle) {
	r.record.display(id, b)
	r.Frontend.Display(id, b)
}

func (r recorded) Input(prompt string, secret bool) (string, error) {
	return r.Frontend.Input(prompt, secret)
}

// Wrap puts a Frontend before the cell's own: it gets what the cell shows and passes on, changed or not, to next
// what is to be seen. Undo takes it away.
func (c *Cell) Wrap(wrapper func(next Frontend) Frontend) (undo func()) {
	r := c.fe
	fe := new(Frontend)
	*fe = wrapper(r.first())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outer = append(r.outer, fe)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.outer = slices.DeleteFunc(r.outer, func(f *Frontend) bool { return f == fe })
	}
}
