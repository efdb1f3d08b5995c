package command

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/mattn/go-runewidth"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// Dashboard is a Run that can be watched on a whole screen.
type Dashboard interface {
	Tunable
	// Measures are what is to be seen of the run now, such as {"loss", "3.133"}, the important ones first.
	Measures() [][2]string
}

// watch shows a run: on a screen of its own where there is a terminal, else as a progress bar.
func watch(c *Call) (kernel.Result, error) {
	run, err := c.named()
	if err != nil {
		return kernel.Result{}, err
	}
	d, ok := run.(Dashboard)
	fe, terminal := c.Front().(Lender)
	if !ok || !terminal || os.Getenv("TERM") == "dumb" {
		run.Watch()
		return kernel.Result{}, nil
	}
	return kernel.Result{}, fe.Lend(func(in, out *os.File) error {
		state, err := term.MakeRaw(int(in.Fd()))
		if err != nil {
			return err
		}
		defer term.Restore(int(in.Fd()), state) // an error means that the terminal is gone
		fmt.Fprint(out, "\x1b[?1049h\x1b[?25l") // the alternate screen, so that this one stays as it is
		defer fmt.Fprint(out, "\x1b[?25h\x1b[?1049l")
		b := &board{run: d}
		for c.Context().Err() == nil {
			columns, rows, err := term.GetSize(int(out.Fd()))
			if err != nil || columns < 20 || rows < 6 {
				columns, rows = 80, 24
			}
			fmt.Fprint(out, "\x1b[H"+strings.Join(b.draw(columns, rows), "\x1b[K\r\n")+"\x1b[K\x1b[J")
			keys, err := keysWithin(in, boardPeriod)
			if err != nil || !b.press(keys) {
				return err
			}
		}
		return nil
	})
}

// boardPeriod is how often the dashboard is drawn when no key is pressed.
const boardPeriod = 250 * time.Millisecond

// keysWithin returns what the user presses within a time; nothing when that is over.
func keysWithin(in *os.File, period time.Duration) (string, error) {
	fd := int(in.Fd())
	var set unix.FdSet
	set.Set(fd)
	timeout := unix.NsecToTimeval(int64(period))
	n, err := unix.Select(fd+1, &set, nil, nil, &timeout)
	if err == unix.EINTR || err == nil && n == 0 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	buf := make([]byte, 64)
	n, err = in.Read(buf)
	return string(buf[:n]), err
}

// board is the dashboard of a run.
type board struct {
	run   Dashboard
	knob  int    // the one that keys change
	said  string // what the last key did
	fault bool
}

// press does what keys ask for. It is false when the user leaves.
func (b *board) press(keys string) bool {
	for _, sequence := range [][2]string{{"\x1b[A", "k"}, {"\x1b[B", "j"}, {"\x1b[C", "+"}, {"\x1b[D", "-"}, {"\x1bOA", "k"}, {"\x1bOB", "j"}, {"\x1bOC", "+"}, {"\x1bOD", "-"}} {
		keys = strings.ReplaceAll(keys, sequence[0], sequence[1])
	}
	knobs := b.run.KnobList()
	for _, key := range keys {
		switch key {
		case 'q', 3, 4, 0x1b:
			return false
		case 'k':
			b.knob = max(b.knob-1, 0)
		case 'j':
			b.knob = min(b.knob+1, len(knobs)-1)
		case '+', '=', '-', '*', '/', '0':
			if b.knob < len(knobs) {
				b.turn(knobs[b.knob], key)
				knobs = b.run.KnobList()
			}
		case 'p':
			b.say("paused", b.run.Pause())
		case 'r':
			b.say("goes on", b.run.Resume())
		}
	}
	return true
}

// turn changes a knob: + and - by a tenth, * and / by two, 0 to 0. A knob at 0 begins with a hundredth.
func (b *board) turn(k Knob, key rune) {
	v := k.Value
	switch key {
	case '+', '=':
		v *= 1.1
	case '-':
		v /= 1.1
	case '*':
		v *= 2
	case '/':
		v /= 2
	case '0':
		v = 0
	}
	if k.Value == 0 && (key == '+' || key == '=' || key == '*') {
		v = 0.01
	}
	v = min(max(v, k.Min), k.Max)
	step, err := b.run.Set(k.Name, v)
	b.say(fmt.Sprintf("%s %.4g → %.4g at step %d", k.Name, k.Value, v, step), err)
}

func (b *board) say(text string, err error) {
	b.said, b.fault = text, err != nil
	if err != nil {
		b.said = err.Error()
	}
}

// draw returns the rows of the screen.
func (b *board) draw(columns, rows int) []string {
	var out []string
	add := func(text string) {
		if len(out) < rows-1 {
			out = append(out, runewidth.Truncate(text, columns-1, "…"))
		}
	}
	add(b.run.String())
	line := ""
	for _, m := range b.run.Measures() {
		part := m[0] + " " + m[1]
		if line != "" && runewidth.StringWidth(line)+3+runewidth.StringWidth(part) >= columns {
			add(line)
			line = ""
		}
		if line != "" {
			line += "   "
		}
		line += part
	}
	add(line)
	knobs := b.run.KnobList()
	b.knob = min(b.knob, max(len(knobs)-1, 0))
	room := max((rows-6)/2, 3) // for knobs; the rest is the figure's
	from := min(max(b.knob-room/2, 0), max(len(knobs)-room, 0))
	for i := from; i < min(from+room, len(knobs)); i++ {
		mark := "  "
		if i == b.knob {
			mark = "▸ "
		}
		add(fmt.Sprintf("%s%-13s %-10.4g [%g, %g]  %s", mark, knobs[i].Name, knobs[i].Value, knobs[i].Min, knobs[i].Max, knobs[i].Meaning))
	}
	for l := range strings.Lines(fmt.Sprint(b.run.Plot())) {
		if len(out) >= rows-3 {
			break
		}
		add(strings.TrimRight(l, "\n"))
	}
	for len(out) < rows-2 {
		out = append(out, "")
	}
	out = append(out, runewidth.Truncate(b.said, columns-1, "…"))
	return append(out, runewidth.Truncate("↑↓ knob   +- by a tenth   * / by two   0 to zero   p pause   r go on   q leave", columns-1, "…"))
}
