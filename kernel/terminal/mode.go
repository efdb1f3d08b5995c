package terminal

import (
	"os"

	"golang.org/x/term"
)

// Mode says what an output can do.
type Mode struct {
	Live  bool // the cursor can be moved: displays are updated in place
	Color bool // colours can be shown
	// Graphics is how pictures are drawn.
	Graphics Graphics
	// Size returns the terminal's width and height in characters. Nil: 80 by 24.
	Size func() (columns, rows int)
}

// Detect finds out what f can do. A pipe, a file and TERM=dumb get plain lines; a non-empty NO_COLOR keeps the
// cursor movement and drops the colours (no-color.org).
func Detect(f *os.File) Mode {
	if !term.IsTerminal(int(f.Fd())) {
		return Mode{}
	}
	m := Mode{Size: func() (int, int) {
		columns, rows, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 || rows <= 0 {
			return 80, 24
		}
		return columns, rows
	}}
	if t := os.Getenv("TERM"); t != "dumb" && t != "" {
		m.Live = true
		m.Color = os.Getenv("NO_COLOR") == ""
		m.Graphics = detectGraphics(os.Getenv)
	}
	return m
}

func (m Mode) size() (columns, rows int) {
	if m.Size == nil {
		return 80, 24
	}
	return m.Size()
}

// Rows is how many rows of the screen a line of text takes.
func (m Mode) Rows(line string) int {
	columns, _ := m.size()
	return max(1, (width(line)+columns-1)/columns)
}
