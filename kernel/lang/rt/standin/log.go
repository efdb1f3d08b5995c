package standin

import (
	"log"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"log.Print":   func(a ...any) { output(log.Default(), rt.Sprint(a...)) },
	"log.Println": func(a ...any) { output(log.Default(), rt.Sprintln(a...)) },
	"log.Printf":  func(f string, a ...any) { output(log.Default(), rt.Sprintf(f, a...)) },
	"log.Fatal":   func(a ...any) { fatal(log.Default(), rt.Sprint(a...)) },
	"log.Fatalln": func(a ...any) { fatal(log.Default(), rt.Sprintln(a...)) },
	"log.Fatalf":  func(f string, a ...any) { fatal(log.Default(), rt.Sprintf(f, a...)) },
	"log.Panic":   func(a ...any) { panics(log.Default(), rt.Sprint(a...)) },
	"log.Panicln": func(a ...any) { panics(log.Default(), rt.Sprintln(a...)) },
	"log.Panicf":  func(f string, a ...any) { panics(log.Default(), rt.Sprintf(f, a...)) },

	"(*log.Logger).Print":   func(l *log.Logger, a ...any) { output(l, rt.Sprint(a...)) },
	"(*log.Logger).Println": func(l *log.Logger, a ...any) { output(l, rt.Sprintln(a...)) },
	"(*log.Logger).Printf":  func(l *log.Logger, f string, a ...any) { output(l, rt.Sprintf(f, a...)) },
	"(*log.Logger).Fatal":   func(l *log.Logger, a ...any) { fatal(l, rt.Sprint(a...)) },
	"(*log.Logger).Fatalln": func(l *log.Logger, a ...any) { fatal(l, rt.Sprintln(a...)) },
	"(*log.Logger).Fatalf":  func(l *log.Logger, f string, a ...any) { fatal(l, rt.Sprintf(f, a...)) },
	"(*log.Logger).Panic":   func(l *log.Logger, a ...any) { panics(l, rt.Sprint(a...)) },
	"(*log.Logger).Panicln": func(l *log.Logger, a ...any) { panics(l, rt.Sprintln(a...)) },
	"(*log.Logger).Panicf":  func(l *log.Logger, f string, a ...any) { panics(l, rt.Sprintf(f, a...)) },
})

// CaptureLog makes the standard logger write to the cell of the calling goroutine.
// Hosts call it once.
func CaptureLog() { log.SetOutput(rt.Stderr) }

// callDepth leads from output to the interpreter; the line that log.Lshortfile
// shows is one of the interpreter's.
const callDepth = 4

func output(l *log.Logger, s string) { l.Output(callDepth, s) }

// fatal ends the cell, or the program when the cell is one.
func fatal(l *log.Logger, s string) {
	output(l, s)
	rt.Exit(1)
}

func panics(l *log.Logger, s string) {
	output(l, s)
	panic(s)
}
