package repl

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/peterh/liner"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// keyboard is the terminal's input: a line editor, and before it a filter for what the editor does not know.
type keyboard struct {
	line    *liner.State
	start   *term.State // of the terminal, as it was found
	to      *os.File    // the editor's end of the filter
	guard   *guard
	lending *lending
	paste   bool // the terminal is asked to mark what is pasted
	mu      sync.Mutex
	hung    bool
	editing bool
}

// openKeyboard takes the terminal over. The editor reads the process's standard input when it is made, and so gets
// the filter's pipe for it; terminal modes go by the file descriptor, which stays the terminal.
func openKeyboard(paste bool) (*keyboard, error) {
	start, err := term.GetState(int(os.Stdin.Fd()))
	if err != nil {
		return nil, fmt.Errorf("standard input is no terminal: %w", err)
	}
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	lending, err := newLending()
	if err != nil {
		return nil, err
	}
	tty := os.Stdin
	os.Stdin = from
	line := liner.NewLiner()
	os.Stdin = tty
	line.SetCtrlCAborts(true)
	line.SetTabCompletionStyle(liner.TabPrints)
	k := &keyboard{line: line, start: start, to: to, paste: paste, guard: newGuard(tty), lending: lending}
	go k.filter(tty)
	return k, nil
}

// close puts the terminal back as it was.
func (k *keyboard) close() {
	k.line.Close() // its error says that the terminal is gone
	if term.Restore(syscall.Stdin, k.start) == nil {
		k.guard.dismiss()
	}
}

// hangUp ends the input: a prompt that waits returns io.EOF.
func (k *keyboard) hangUp() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.hung {
		k.hung = true
		k.to.Close()
	}
}

const (
	pasteOn, pasteOff     = "\x1b[?2004h", "\x1b[?2004l" // ask the terminal to mark what is pasted
	pasteBegin, pasteDone = "\x1b[200~", "\x1b[201~"
)

// prompt reads one line.
func (k *keyboard) prompt(prompt, suggestion string) (string, error) {
	defer k.takeKeys()()
	k.markPaste(pasteOn)
	k.setEditing(true)
	defer func() {
		k.setEditing(false)
		k.markPaste(pasteOff)
	}()
	if suggestion == "" {
		return k.line.Prompt(prompt)
	}
	return k.line.PromptWithSuggestion(prompt, encode(suggestion), -1)
}

// secret reads a line that is not shown.
func (k *keyboard) secret(prompt string) (string, error) {
	defer k.takeKeys()()
	return k.line.PasswordPrompt(prompt)
}

// takeKeys makes Ctrl-C and Ctrl-Z keys like others, until the function that it returns is called. The editor does so
// only once its prompt stands there: what is typed at once would be lost, since such a signal drops the keys before it.
func (k *keyboard) takeKeys() (undo func()) {
	was, err := unix.IoctlGetTermios(syscall.Stdin, getModes)
	if err != nil {
		return func() {} // the terminal is gone, which reading tells
	}
	now := *was
	now.Lflag &^= unix.ISIG
	if unix.IoctlSetTermios(syscall.Stdin, setModes, &now) != nil {
		return func() {}
	}
	return func() { unix.IoctlSetTermios(syscall.Stdin, setModes, was) } // as above
}

func (k *keyboard) markPaste(sequence string) {
	if k.paste {
		os.Stdout.WriteString(sequence)
	}
}

func (k *keyboard) setEditing(on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.editing = on
}

// filter passes keys on to the editor. A pasted text becomes one line, Alt-Enter a line break within it, and Ctrl-Z
// suspends the program, which the editor prevents the terminal from doing.
func (k *keyboard) filter(tty io.Reader) {
	defer k.hangUp()
	defer close(k.lending.gone)
	buf := make([]byte, 4096)
	var keys, pasted []byte
	pasting := false
	for {
		if !k.readable() {
			return
		}
		n, err := tty.Read(buf)
		if err != nil {
			return
		}
		keys = append(keys, buf[:n]...)
		for len(keys) > 0 {
			if pasting {
				at := bytes.Index(keys, []byte(pasteDone))
				if at < 0 {
					keep := partial(keys, pasteDone)
					pasted = append(pasted, keys[:len(keys)-keep]...)
					keys = keys[len(keys)-keep:]
					break
				}
				pasted = append(pasted, keys[:at]...)
				keys, pasting = keys[at+len(pasteDone):], false
				if !k.pass(flatten(pasted)) {
					return
				}
				pasted = nil
				continue
			}
			at := special(keys)
			if !k.pass(keys[:at]) {
				return
			}
			keys = keys[at:]
			switch rest := keys; {
			case len(rest) == 0:
			case rest[0] == 26:
				keys = rest[1:]
				k.suspend()
			case bytes.HasPrefix(rest, []byte("\x1b\r")), bytes.HasPrefix(rest, []byte("\x1b\n")):
				keys = rest[2:]
				if !k.pass([]byte(newline)) {
					return
				}
			case bytes.HasPrefix(rest, []byte(pasteBegin)):
				keys, pasting = rest[len(pasteBegin):], true
			case len(rest) > 1 && partial(rest, pasteBegin) == len(rest):
				// The terminal sends its marks in one piece, but a read may end within one. A lone Esc is passed on
				// at once; what follows here does so within the time that the editor itself waits for an escape.
				more := make([]byte, 64)
				if k.waitsForMore() {
					m, err := tty.Read(more)
					if err != nil {
						return
					}
					keys = append(rest, more[:m]...)
					continue
				}
				fallthrough
			default:
				if !k.pass(rest[:1]) {
					return
				}
				keys = rest[1:]
			}
		}
	}
}

// special returns the index of the first byte that the filter has to look at.
func special(keys []byte) int {
	for i, b := range keys {
		if b == 0x1b || b == 26 {
			return i
		}
	}
	return len(keys)
}

// partial returns the length of the longest end of b that begins mark.
func partial(b []byte, mark string) int {
	for n := min(len(b), len(mark)); n > 0; n-- {
		if bytes.HasSuffix(b, []byte(mark[:n])) {
			return n
		}
	}
	return 0
}

// flatten makes one line of a pasted text: the newline at its end is dropped, so that Enter stays the user's.
func flatten(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	text = bytes.TrimRight(text, "\n")
	var clean []byte
	for _, b := range text {
		if b >= ' ' || b == '\n' || b == '\t' {
			clean = append(clean, b)
		}
	}
	return []byte(encode(string(clean)))
}

func (k *keyboard) pass(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	_, err := k.to.Write(b)
	return err == nil
}

// suspend stops the process as Ctrl-Z does elsewhere, with the terminal as the shell expects it, and goes on where it
// was when the shell continues it.
func (k *keyboard) suspend() {
	k.mu.Lock()
	editing := k.editing
	k.mu.Unlock()
	now, err := term.GetState(syscall.Stdin)
	if err != nil || !editing {
		return
	}
	k.markPaste(pasteOff)
	if term.Restore(syscall.Stdin, k.start) != nil {
		return
	}
	goesOn := make(chan os.Signal, 1) // the signal may stop this thread later than the next line
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	if syscall.Kill(0, syscall.SIGTSTP) == nil {
		select {
		case <-goesOn:
		case <-time.After(time.Second): // without a shell to go back to the system ignores the signal
		}
	}
	if term.Restore(syscall.Stdin, now) != nil {
		return
	}
	k.markPaste(pasteOn)
	syscall.Kill(syscall.Getpid(), syscall.SIGWINCH) // the editor draws its line anew
}
