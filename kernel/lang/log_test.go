package lang_test

import (
	"context"
	"log"
	"testing"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

// TestLogLines: the places that package log prints are those of the program.
func TestLogLines(t *testing.T) {
	defer log.SetFlags(log.Flags())
	standin.CaptureLog() // other programs may have set another output
	log.SetPrefix("")
	const src = `package main

import (
	"bytes"
	"fmt"
	"log"
)

func f() {
	defer log.Printf("deferred %d %s", 3, "const")
	log.Println("in f")
}

func main() {
	var b bytes.Buffer
	log.SetFlags(log.Lshortfile)
	f()
	l := log.New(&b, "pre ", log.Lshortfile|log.Lmsgprefix)
	l.Print("x")
	fmt.Print(&b)
	for i := range 2 {
		x := i * 2
		defer log.Println("at", x, "c")
	}
}
`
	const want = `p.go:19: pre x
p.go:11: in f
p.go:10: deferred 3 const
p.go:23: at 2 c
`
	got, _, err := runProgram(t, "dir/p.go", src)
	if err != nil || got != want+"p.go:23: at 0 c\n" {
		t.Errorf("%v\n%s", err, diff(want+"p.go:23: at 0 c\n", got))
	}
	in := newInterp(t)
	var out buffer
	cell := lang.Cell{Name: "In[1]", Src: "log.SetFlags(log.Lshortfile)\n\nlog.Print(1)"}
	if _, err := in.Eval(context.Background(), cell, lang.IO{Stderr: &out}); err != nil || out.String() != "In[1]:3: 1\n" {
		t.Errorf("%v %q", err, out.String())
	}
}
