package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel"
)

// FinalMIME is the key by which a bundle says that no update follows, with the value true: the display leaves the
// bottom of the screen and becomes ordinary text.
const FinalMIME = "application/vnd.gossl.final"

// Final reports whether a bundle says that no update follows.
func Final(b kernel.Bundle) bool {
	v, _ := b[FinalMIME].(bool)
	return v
}

// show draws a live display, or draws it anew.
func (s *Screen) show(id, text string, final bool) {
	columns, rows := s.mode.size()
	at := slices.IndexFunc(s.bars, func(b *bar) bool { return b.id == id })
	lines := strings.Split(text, "\n")
	if len(lines) > max(rows/3, 1) {
		lines = append(lines[:max(rows/3, 1)-1:max(rows/3, 1)-1], "…")
	}
	if final {
		s.retract()
		if at >= 0 {
			s.bars = slices.Delete(s.bars, at, at+1)
		}
		s.printBelow(text)
		s.draw()
		return
	}
	if at < 0 {
		s.retract()
		s.bars = append(s.bars, &bar{id: id, lines: lines, fresh: true})
		s.draw()
		return
	}
	b := s.bars[at]
	same := len(b.lines) == len(lines) && s.drawn == s.height() && s.held == nil
	b.lines, b.fresh = lines, true
	if !same {
		s.retract()
		s.draw()
		return
	}
	// The rows stay where they are: rewrite them.
	up := 0
	for _, later := range s.bars[at:] {
		up += len(later.lines)
	}
	var w strings.Builder
	w.WriteString("\x1b7")
	for i, line := range lines {
		fmt.Fprintf(&w, "\x1b[%dA\r\x1b[2K%s", up-i+s.offset(), cut(line, columns-1))
		w.WriteString("\x1b8\x1b7")
	}
	w.WriteString("\x1b8")
	s.printf("%s", w.String())
}

// offset is the distance from the region's last row to the cursor, less one.
func (s *Screen) offset() int {
	if s.prompting {
		return s.below
	}
	return 0
}

func (s *Screen) height() int {
	n := 0
	for _, b := range s.bars {
		n += len(b.lines)
	}
	return n
}

// draw puts the region at the bottom: above the prompt, or below the text. The cursor ends in the prompt, or below
// the region at the beginning of a line.
func (s *Screen) draw() {
	if len(s.bars) == 0 || s.held != nil {
		return
	}
	columns, _ := s.mode.size()
	var lines []string
	for _, b := range s.bars {
		for _, l := range b.lines {
			lines = append(lines, cut(l, columns-1))
		}
	}
	s.drawn = len(lines)
	if s.prompting {
		for _, l := range lines {
			s.insert(l, s.below)
		}
		return
	}
	if s.tail != "" {
		s.printf("\r\n")
	}
	s.printf("%s\r\n", strings.Join(lines, "\r\n"))
}

// retract takes the region off the screen.
func (s *Screen) retract() {
	if s.drawn == 0 {
		return
	}
	n := s.drawn
	s.drawn = 0
	_, rows := s.mode.size()
	if s.prompting {
		if n+s.below < rows { // else it has left the screen
			s.printf("\x1b7\x1b[%dA\x1b[%dM\x1b8\x1b[%dA", n+s.below, n, n)
		}
		return
	}
	s.printf("\x1b[%dA\r\x1b[J", n)
	if s.tail != "" {
		// Back to the end of the unfinished line.
		columns, _ := s.mode.size()
		tail := wrap(s.tail, columns)
		s.printf("\x1b[%dA\r%s", len(tail), strings.Join(tail, "\r\n"))
	}
}

// insert puts one row above the cursor's row, up rows further up, and leaves the cursor where it was in its line.
// First it makes sure that there is a row below: at the bottom of the screen everything scrolls up by one.
func (s *Screen) insert(row string, up int) {
	rise := ""
	if up > 0 {
		rise = fmt.Sprintf("\x1b[%dA", up)
	}
	s.printf("\x1bD\x1bM\x1b7%s\x1b[L\r%s\x1b8\x1bD", rise, row)
}

// print writes ordinary text above the region.
func (s *Screen) print(text string) {
	if !s.mode.Live {
		fmt.Fprint(s.out, text)
		s.keepTail(text)
		return
	}
	if s.prompting {
		s.printAbovePrompt(text)
		return
	}
	s.retract()
	fmt.Fprint(s.out, text)
	s.keepTail(text)
	s.draw()
}

func (s *Screen) keepTail(text string) {
	s.tail += text
	if i := strings.LastIndexByte(s.tail, '\n'); i >= 0 {
		s.tail = s.tail[i+1:]
	}
	if i := strings.LastIndexByte(s.tail, '\r'); i >= 0 && i < len(s.tail)-1 {
		s.tail = s.tail[i+1:] // a line that rewrites itself
	}
	if len(s.tail) > 1<<16 {
		s.tail = s.tail[len(s.tail)-1<<16:]
	}
}

// printAbovePrompt prints whole lines; the rest waits for its newline or for the prompt's end.
func (s *Screen) printAbovePrompt(text string) {
	s.tail += text
	for {
		line, rest, ok := strings.Cut(s.tail, "\n")
		if !ok {
			return
		}
		s.tail = rest
		s.insertLine(line)
	}
}

func (s *Screen) insertLine(line string) {
	columns, _ := s.mode.size()
	if i := strings.LastIndexByte(strings.TrimRight(line, "\r"), '\r'); i >= 0 {
		line = line[i+1:]
	}
	for _, row := range wrap(line, columns) {
		s.insert(row, s.below+s.drawn)
	}
}

// printBelow prints what was a display as ordinary text; the region is off the screen.
func (s *Screen) printBelow(text string) {
	if s.prompting {
		for _, line := range strings.Split(text, "\n") {
			s.insertLine(line)
		}
		return
	}
	if s.tail != "" {
		text = "\n" + text
	}
	fmt.Fprint(s.out, text+"\n")
	s.tail = ""
}

// BeginPrompt is called before a line is read from the user: the cursor is about to stand in a prompt at the
// beginning of a line. Displays that no one has updated since the last prompt become ordinary text.
func (s *Screen) BeginPrompt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mode.Live {
		return
	}
	s.retract()
	if s.tail != "" {
		fmt.Fprint(s.out, "\n")
		s.tail = ""
	}
	for _, b := range s.bars {
		if !b.fresh {
			fmt.Fprintln(s.out, strings.Join(b.lines, "\n"))
		}
	}
	s.bars = slices.DeleteFunc(s.bars, func(b *bar) bool { return !b.fresh })
	for _, b := range s.bars {
		b.fresh = false
	}
	s.draw()
	s.prompting, s.below = true, 0
}

// ContinuePrompt is called when the user's input goes on in another line.
func (s *Screen) ContinuePrompt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.below++
}

// EndPrompt is called when the user's input is complete: the cursor stands below it.
func (s *Screen) EndPrompt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.prompting {
		return
	}
	s.below++ // the line that the cursor is in now
	s.retract()
	s.prompting, s.below = false, 0
	rest := s.tail
	s.tail = ""
	s.draw()
	if rest != "" {
		s.print(rest)
	}
}

// Close leaves the terminal as ordinary text: displays stay as they are, and nothing is drawn any more.
func (s *Screen) Close() {
	s.Settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retract()
	for _, b := range s.bars {
		s.printBelow(strings.Join(b.lines, "\n"))
	}
	s.bars = nil
}

// Suspend takes what is live off the screen and holds everything back that is shown from now on, while another program
// has the terminal.
func (s *Screen) Suspend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retract()
	s.held, s.out = s.out, &s.late
	if s.err == s.held {
		s.err = s.out
	}
}

// Continue shows what Suspend held back.
func (s *Screen) Continue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return
	}
	if s.err == s.out {
		s.err = s.held
	}
	s.out, s.held = s.held, nil
	text := s.late.String()
	s.late.Reset()
	fmt.Fprint(s.out, text)
	s.drawn = 0
	s.draw()
}
