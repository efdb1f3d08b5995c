package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/peterh/liner"
)

// Options are the settings of a terminal session. Shell and Screen have to be set.
type Options struct {
	Shell   *command.Shell
	Screen  *terminal.Screen
	Banner  string // shown first; may be empty
	History string // file that keeps what was entered across sessions; empty: none is kept
	Startup string // script whose cells run first, if it is there; empty: none
}

// REPL is one terminal session.
type REPL struct {
	opts    Options
	session *kernel.Session
	screen  *terminal.Screen
	keys    *keyboard
	history *history

	reading sync.Mutex // held while a line is being read
	before  string     // lines of the cell above the one being read, for completion
	next    string     // what the next prompt begins with
	aborts  int        // how often Ctrl-C came since a line was entered
}

// Run reads and runs cells until the user leaves or ctx ends. It returns nil when the user left. The terminal is put
// back into the state in which it was found, whatever happens.
func Run(ctx context.Context, opts Options) (err error) {
	keys, err := openKeyboard(opts.Screen.Mode().Live)
	if err != nil {
		return err
	}
	defer keys.close()
	r := &REPL{opts: opts, session: opts.Shell.Session, screen: opts.Screen, keys: keys}
	r.history, err = openHistory(opts.History)
	if err != nil {
		r.screen.Print("history is not kept: " + err.Error())
	}
	for _, cell := range r.history.cells {
		keys.line.AppendHistory(encode(cell))
	}
	keys.line.SetWordCompleter(r.complete)
	r.screen.Ask = r.ask
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	go func() {
		for {
			select {
			case <-interrupts:
				r.session.Interrupt()
			case <-ctx.Done():
				r.session.Interrupt()
				keys.hangUp()
				return
			}
		}
	}()
	if opts.Banner != "" {
		r.screen.Print(opts.Banner)
	}
	r.startUp(ctx)
	for ctx.Err() == nil {
		src, err := r.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.leave(src) {
			return nil
		}
		r.execute(ctx, src)
	}
	return nil
}

// startUp runs the startup file. Its cells are not counted; what is wrong with it is told, and the session begins.
func (r *REPL) startUp(ctx context.Context) {
	if r.opts.Startup == "" {
		return
	}
	if _, err := os.Stat(r.opts.Startup); err != nil {
		return
	}
	fe := &frontend{Screen: r.screen, repl: r}
	if _, err := r.opts.Shell.Execute(ctx, kernel.Input{Src: "%run '" + r.opts.Startup + "'", Silent: true}, fe); err != nil {
		r.screen.Error(fmt.Errorf("the startup file ended early: %w", err))
	}
	r.screen.Settle()
}

// leave reports whether a cell is the word by which many shells are left; a definition of that name goes first.
func (r *REPL) leave(src string) bool {
	word := strings.TrimSpace(src)
	if word != "exit" && word != "quit" && word != "exit()" && word != "quit()" {
		return false
	}
	for _, v := range r.session.Names() {
		if v.Name == strings.TrimSuffix(word, "()") {
			return false
		}
	}
	return true
}

func (r *REPL) execute(ctx context.Context, src string) {
	if strings.TrimSpace(src) == "" {
		return
	}
	if m := question.FindStringSubmatch(strings.TrimSpace(src)); m != nil {
		r.answer(ctx, m[1], m[2])
		return
	}
	fe := &frontend{Screen: r.screen, repl: r}
	res, err := r.opts.Shell.Execute(ctx, kernel.Input{Src: src}, fe)
	r.screen.Settle()
	if err != nil {
		r.screen.Error(err)
		return
	}
	if res.Shown != nil {
		r.screen.Display("", res.Shown)
	}
}

// question matches "name?" and "name??", and "?" alone.
var question = regexp.MustCompile(`^([\pL_][\pL\pN_.]*)?(\?\??)$`)

func (r *REPL) answer(ctx context.Context, name, marks string) {
	src := "%help"
	if name != "" {
		src = "%doc " + name
		if marks == "??" {
			src = "%source " + name
		}
	}
	if _, err := r.opts.Shell.Execute(ctx, kernel.Input{Src: src, Silent: true}, r.screen); err != nil {
		text := err.Error()
		var e *kernel.CellError
		if errors.As(err, &e) {
			text = e.Err.Error()
		}
		r.screen.Error(errors.New(text))
	}
}

// howToLeave is what Ctrl-C answers when it comes again at the prompt.
const howToLeave = "Ctrl-D leaves the session and ends its runs; Ctrl-C interrupts a running cell."

// read reads one cell.
func (r *REPL) read() (string, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	r.screen.BeginPrompt()
	defer r.screen.EndPrompt()
	number := fmt.Sprintf("In[%d]: ", r.session.Next())
	more := strings.Repeat(" ", max(len(number)-5, 0)) + "...: "
	prompt, suggestion := number, r.next
	r.next, r.before = "", ""
	var cell string
	blanks := 0
	for {
		text, err := r.keys.prompt(prompt, suggestion)
		switch {
		case errors.Is(err, liner.ErrPromptAborted):
			if r.aborts++; r.aborts >= 2 { // the first one may have dropped a line
				r.screen.EndPrompt()
				r.screen.Print(howToLeave)
			}
			return "", nil
		case errors.Is(err, io.EOF) && cell != "":
			return "", nil // Ctrl-D in the middle of a cell drops the cell
		case err != nil:
			return "", err
		}
		// With one column more, which is the cursor's: a line that fills its row has been scrolled too.
		if m := r.screen.Mode(); m.Live && (strings.ContainsAny(text, newline+tab) || m.Rows(prompt+text+" ") > 1) {
			r.unfold(prompt, more, text)
		}
		r.aborts = 0
		line := decode(text)
		if cell != "" {
			cell += "\n"
		}
		cell += line
		if blanks++; strings.TrimSpace(line) != "" {
			blanks = 0
		}
		indent, done := r.done(cell, blanks)
		if done {
			r.remember(cell)
			return cell, nil
		}
		r.screen.ContinuePrompt()
		r.before = cell + "\n"
		prompt, suggestion = more, strings.Repeat("\t", indent)
	}
}

// done reports whether a cell is to be run, and how far the next line is indented if not. Two blank lines end a cell
// in any case; one ends a %% command's text.
func (r *REPL) done(cell string, blanks int) (indent int, done bool) {
	first := strings.TrimSpace(cell)
	switch {
	case first == "" || blanks >= 2:
		return 0, true
	case question.MatchString(first):
		return 0, true
	case strings.HasPrefix(first, "%%"):
		return 0, blanks >= 1
	case strings.HasPrefix(first, "%") && !strings.Contains(first, "\n"):
		return 0, true
	case strings.HasPrefix(first, "!") && !strings.Contains(first, "\n"):
		return 0, !strings.HasSuffix(first, `\`)
	}
	s := r.session.IsComplete(command.Go(cell))
	return s.Indent, s.Is != check.Incomplete
}

// unfold shows what was edited in one row, scrolled where it was longer, as the lines that it has, their tabs as space.
func (r *REPL) unfold(prompt, more, text string) {
	var b strings.Builder
	b.WriteString("\x1b[A\r\x1b[J")
	rows := 0
	for _, l := range strings.Split(text, newline) {
		l = prompt + strings.ReplaceAll(l, tab, "    ")
		fmt.Fprintln(&b, l)
		rows += r.screen.Mode().Rows(l)
		prompt = more
	}
	for range rows - 1 {
		r.screen.ContinuePrompt()
	}
	fmt.Fprint(os.Stdout, b.String())
}

func (r *REPL) remember(cell string) {
	cell = strings.TrimRight(cell, "\n")
	if strings.TrimSpace(cell) == "" {
		return
	}
	r.keys.line.AppendHistory(encode(cell))
	if err := r.history.add(cell); err != nil {
		r.screen.Print("history is not kept: " + err.Error())
	}
}

// ask reads a line for a running cell.
func (r *REPL) ask(prompt string, secret bool) (string, error) {
	if !r.reading.TryLock() {
		return "", errors.New("the prompt is in use; input can be asked for while a cell runs")
	}
	defer r.reading.Unlock()
	r.screen.BeginPrompt()
	defer r.screen.EndPrompt()
	read := func() (string, error) { return r.keys.prompt(prompt, "") }
	if secret {
		read = func() (string, error) { return r.keys.secret(prompt) }
	}
	text, err := read()
	if errors.Is(err, liner.ErrPromptAborted) {
		r.session.Interrupt()
		return "", lang.ErrInterrupted
	}
	return decode(text), err
}

// frontend is the screen with what only a prompt can do.
type frontend struct {
	*terminal.Screen
	repl *REPL
}

// Lend lets do have the terminal, for an editor or a pager; nothing is drawn meanwhile.
func (f *frontend) Lend(do func(in, out *os.File) error) error {
	f.Suspend()
	defer f.Continue()
	return f.repl.keys.lend(func() error { return do(os.Stdin, os.Stdout) })
}

// Note prints what the author of a cell should know beside its result.
func (f *frontend) Note(text string) { f.Stream("stdout", f.Color("2", text)+"\n") }

// SetNextInput makes text the beginning of the next prompt.
func (f *frontend) SetNextInput(text string) {
	f.repl.next = encode(strings.TrimRight(text, "\n"))
}
