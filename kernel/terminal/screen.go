package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel"
)

// Screen shows what cells have to say. All methods are safe for concurrent use.
type Screen struct {
	mode     Mode
	out, err io.Writer
	// Ask is what Input calls; nil: there is no input. It is set before the first cell runs.
	Ask func(prompt string, secret bool) (string, error)
	// In is the standard input of cells; nil: lines asked for by Ask. It is set before the first cell runs.
	In io.Reader

	mu        sync.Mutex
	tail      string             // the unfinished last line of output
	bars      []*bar             // displays that are drawn at the bottom, in order
	drawn     int                // rows of them on the screen
	prompting bool               // the cursor is in a prompt, which is not ours
	below     int                // rows of the prompt below its first
	plain     map[string]*pinned // displays with an id, where nothing is live
	order     []string           // their ids
	held      io.Writer          // out, while another program has the terminal
	late      strings.Builder    // what is to be shown after that
}

// bar is a display at the bottom of the screen.
type bar struct {
	id    string
	lines []string
	fresh bool // was updated since the last prompt began
}

// pinned is a display in plain output.
type pinned struct {
	printed, latest string
	at              time.Time
}

// pinnedEvery is how often plain output repeats a display that keeps changing while one cell runs.
const pinnedEvery = 10 * time.Second

// New returns a Screen that writes to out, and standard error to err. When both are the same terminal, pass the same
// writer twice: the Screen then keeps them in order.
func New(out, err io.Writer, mode Mode) *Screen {
	return &Screen{mode: mode, out: out, err: err, plain: map[string]*pinned{}}
}

// Mode returns what the output can do.
func (s *Screen) Mode() Mode { return s.mode }

// Stream prints text.
func (s *Screen) Stream(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "stderr" && s.err != s.out {
		io.WriteString(s.err, text)
		return
	}
	s.print(text)
}

// Print prints a line, or several, on lines of their own.
func (s *Screen) Print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.printLine(text)
}

func (s *Screen) printLine(text string) {
	if s.tail != "" {
		text = "\n" + text
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	s.print(text)
}

// Error prints the message of a failed cell on standard error.
func (s *Screen) Error(err error) { s.aside("31", err.Error()) }

// Remark prints on standard error what is said about the work, and is no part of it.
func (s *Screen) Remark(text string) { s.aside("2", text) }

func (s *Screen) aside(sgr, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != s.out {
		if s.tail != "" && s.mode.Live {
			s.print("\n")
		}
		io.WriteString(s.err, text+"\n")
		return
	}
	s.printLine(s.color(sgr, text))
}

// Color wraps text in a colour, given by its SGR number such as "31", when the output shows colours.
func (s *Screen) Color(sgr, text string) string { return s.color(sgr, text) }

func (s *Screen) color(sgr, text string) string {
	if !s.mode.Color {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "\x1b[" + sgr + "m" + l + "\x1b[0m"
		}
	}
	return strings.Join(lines, "\n")
}

// Display prints a bundle's text; a display with an id stays at the bottom, where updates replace it.
func (s *Screen) Display(id string, b kernel.Bundle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.TrimRight(b.Text(), "\n")
	switch {
	case id == "":
		if drawn := s.picture(b, text); drawn != "" {
			s.printLine(drawn)
			return
		}
		s.printLine(text)
	case !s.mode.Live:
		s.pin(id, text)
	default:
		s.show(id, text, Final(b))
	}
}

// picture returns a bundle's picture as the terminal draws it; "" when it has none, or its text shows as much: figures
// bring a text that is drawn with characters, which is better than blocks of pixels.
func (s *Screen) picture(b kernel.Bundle, text string) string {
	data, ok := b[kernel.ImagePNG].([]byte)
	if !ok || s.prompting || s.mode.Graphics == Blocks && strings.Contains(text, "\n") {
		return ""
	}
	columns, rows := s.mode.size()
	return picture(data, s.mode.Graphics, columns, rows)
}

// pin prints a display in plain output.
func (s *Screen) pin(id, text string) {
	p := s.plain[id]
	now := time.Now()
	if p == nil {
		p = &pinned{}
		s.plain[id] = p
		s.order = append(s.order, id)
	} else if now.Sub(p.at) < pinnedEvery {
		p.latest = text
		return
	}
	p.latest, p.printed, p.at = text, text, now
	s.printLine(text)
}

// Settle is called when a cell has ended: displays that belong to it become ordinary text, and plain output shows
// those that have changed since they were printed.
func (s *Screen) Settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.order {
		if p := s.plain[id]; p.latest != p.printed {
			p.printed, p.at = p.latest, time.Now()
			s.printLine(p.latest)
		}
	}
}

// Input asks the user for one line.
func (s *Screen) Input(prompt string, secret bool) (string, error) {
	if s.Ask == nil {
		return "", io.EOF
	}
	return s.Ask(prompt, secret)
}

// Stdin returns the standard input of cells.
func (s *Screen) Stdin() io.Reader {
	if s.In != nil {
		return s.In
	}
	return &asking{s: s}
}

// asking reads the lines that Ask gives.
type asking struct {
	s    *Screen
	mu   sync.Mutex
	rest string
}

func (a *asking) Read(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rest == "" {
		line, err := a.s.Input("", false)
		if err != nil {
			return 0, err
		}
		a.rest = line + "\n"
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// printf writes control sequences and text to the terminal in one write, so that nothing comes between.
func (s *Screen) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }
