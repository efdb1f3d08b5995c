package standin

import (
	"log"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// The printing functions and methods of package log are made for the place of their call, which they print when the
// logger's flags say so; one that is kept as a value prints the place where it was taken.
var _ = addLog("Print", place.output) && addLog("Fatal", place.fatal) && addLog("Panic", place.panics)

func addLog(name string, end func(at place, l *log.Logger, text string)) bool {
	plain := func(text func(...any) string) (function, method any) {
		return func(file string, line int) func(...any) {
				return func(a ...any) { end(place{file, line}, log.Default(), text(a...)) }
			}, func(file string, line int) func(*log.Logger, ...any) {
				return func(l *log.Logger, a ...any) { end(place{file, line}, l, text(a...)) }
			}
	}
	m := map[string]any{
		"log." + name + "f": func(file string, line int) func(string, ...any) {
			return func(f string, a ...any) { end(place{file, line}, log.Default(), rt.Sprintf(f, a...)) }
		},
		"(*log.Logger)." + name + "f": func(file string, line int) func(*log.Logger, string, ...any) {
			return func(l *log.Logger, f string, a ...any) { end(place{file, line}, l, rt.Sprintf(f, a...)) }
		},
	}
	m["log."+name], m["(*log.Logger)."+name] = plain(rt.Sprint)
	m["log."+name+"ln"], m["(*log.Logger)."+name+"ln"] = plain(rt.Sprintln)
	return addLocated(m)
}

// CaptureLog makes the standard logger write to the cell of the calling goroutine.
// Hosts call it once.
func CaptureLog() { log.SetOutput(rt.Stderr) }

// place is where a logging function is called.
type place struct {
	file string
	line int
}

// logging keeps the lines apart that are written past their logger.
var logging sync.Mutex

// output logs text as l would at the place. The logger itself would print a place in the interpreter.
func (at place) output(l *log.Logger, text string) {
	flags := l.Flags()
	if flags&(log.Lshortfile|log.Llongfile) == 0 {
		l.Output(0, text)
		return
	}
	file := at.file
	if flags&log.Lshortfile != 0 {
		file = filepath.Base(file)
	}
	prefix := l.Prefix()
	if flags&log.Lmsgprefix != 0 { // it comes after the place
		text, prefix = prefix+text, ""
	}
	text = file + ":" + strconv.Itoa(at.line) + ": " + text
	logging.Lock()
	defer logging.Unlock()
	log.New(l.Writer(), prefix, flags&^(log.Lshortfile|log.Llongfile)).Output(0, text)
}

// fatal ends the cell, or the program when the cell is one.
func (at place) fatal(l *log.Logger, text string) {
	at.output(l, text)
	rt.Exit(1)
}

func (at place) panics(l *log.Logger, text string) {
	at.output(l, text)
	panic(text)
}
