package lang_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// buffer is a bytes.Buffer that goroutines may share.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newInterp(t testing.TB) *lang.Interp {
	t.Helper()
	in, err := lang.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// step is one cell of a session and what it is to give.
type step struct {
	src  string
	out  string // printed
	want string // "type: text" of the value, "" for none
	err  string // part of the error, "" for none
}

var sessions = map[string][]step{
	"values": {
		{src: "1 + 1", want: "int: 2"},
		{src: "x := 6\nfunc f() int { return x * 7 }\nf()", want: "int: 42"},
		{src: "x = 7"},
		{src: "f()", want: "int: 49"},
		{src: `"a" + "b"`, want: "string: ab"},
		{src: "const big = 1 << 100\nbig >> 98", want: "int: 4"},
		{src: `strconv.Atoi("12")`, want: "int: 12"},
		{src: `strconv.Atoi("1x")`, err: `parsing "1x": invalid syntax`},
		{src: "var e error\ne", want: "error: <nil>"},
		{src: "func() (int, string) { return 1, \"a\" }()", want: "(int, string): 1, a"},
		{src: "x++\nx", want: "int: 8"},
		{src: "for range 3 { x++ }", want: ""},
	},
	"mixed": {
		{src: "total := 0\nfor i := range 5 { total += sq(i) }\nfunc sq(n int) int { return n * n }\ntotal", want: "int: 30"},
		{src: "defer fmt.Println(\"last\")\nfmt.Println(\"first\")", out: "first\nlast\n"},
		{src: "a, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"2\")\nfmt.Println(a, b, err)", out: "1 2 <nil>\n"},
	},
	"redefinition": {
		{src: "func k() int { return 1 }\nfunc h() int { return k() + 1 }\nh()", want: "int: 2"},
		{src: "func k() int { return 10 }\nh()", want: "int: 11"},
		{src: "type P struct{ X, Y int }\nfunc (p P) Sum() int { return p.X + p.Y }\np := P{1, 2}\np.Sum()", want: "int: 3"},
		{src: "func (p P) Sum() int { return 100 }\np.Sum()", want: "int: 100"},
		{src: "old := p\ntype P struct{ Z string }\nP{\"z\"}", want: "P: {z}"},
		{src: "old", want: "P: {1 2}"},
		{src: "fmt := 3\nfmt", want: "int: 3"},
		{src: "import \"fmt\"\nfmt.Sprint(4)", want: "string: 4"},
		{src: "p := \"text\"\np", want: "string: text"},
	},
	"types": {
		{src: "type Color int\nfunc (c Color) String() string { return [...]string{\"red\", \"green\"}[c] }\nfmt.Println(Color(1), []Color{0, 1}, map[Color]int{1: 2})", out: "green [red green] map[green:2]\n"},
		{src: "var s fmt.Stringer = Color(0)\n_, ok := any(1).(Color)\nfmt.Printf(\"%T %v %v\\n\", s, s, ok)", out: "main.Color red false\n"},
		{src: "type Stack[T any] struct{ items []T }\nfunc (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }\ns2 := &Stack[Color]{}\ns2.Push(1)\nfmt.Printf(\"%v %T\\n\", s2, s2)", out: "&{[1]} *main.Stack[main.Color]\n"},
		{src: "slices.Sorted(maps.Keys(map[string]int{\"b\": 1, \"a\": 2}))", want: "[]string: [a b]"},
	},
	"errors": {
		{src: "var a []int\na[5] = 1", err: "In:2:2: panic: runtime error: index out of range [5] with length 0"},
		{src: "func g(n int) int {\n\tif n == 0 {\n\t\tpanic(\"deep\")\n\t}\n\treturn g(n - 1)\n}\ng(3)", err: "In:3:3: panic: deep"},
		{src: "g(0)", err: "panic: deep"},
		{src: "lambda := 1\nlamda", err: "In:2:1: undefined: lamda"},
		{src: "lambda", err: "undefined: lambda"},
		{src: "os.Open(\"/nonexistent\")", err: "open /nonexistent: no such file"},
		{src: "func rec(n int) int { return rec(n+1) }\nrec(0)", err: "stack overflow"},
		{src: "os.Exit(3)", err: "exit status 3"},
		{src: "y := 5\npanic(fmt.Errorf(\"custom %d\", y))", err: "panic: custom 5"},
		{src: "y", want: "int: 5"},
		{src: "unsafe.Slice(&y, 1)", err: "gossl cannot run this: unsafe.Slice"},
		{src: "y + 1", want: "int: 6"},
	},
	"concurrency": {
		{src: "ch := make(chan int)\ngo func() {\n\tfor i := range 3 {\n\t\tch <- i\n\t}\n\tclose(ch)\n}()\nfor v := range ch {\n\tfmt.Println(v)\n}", out: "0\n1\n2\n"},
		{src: "var mu sync.Mutex\nvar wg sync.WaitGroup\nn := 0\nfor range 20 {\n\twg.Go(func() {\n\t\tmu.Lock()\n\t\tdefer mu.Unlock()\n\t\tn++\n\t})\n}\nwg.Wait()\nn", want: "int: 20"},
		{src: "select {\ncase v := <-ch:\n\tfmt.Println(\"closed\", v)\ncase <-time.After(time.Hour):\n}", out: "closed 0\n"},
	},
}

func TestSessions(t *testing.T) {
	for name, steps := range sessions {
		t.Run(name, func(t *testing.T) {
			in := newInterp(t)
			for i, s := range steps {
				var out buffer
				v, err := in.Eval(context.Background(), lang.Cell{Name: "In", Src: s.src}, lang.IO{Stdout: &out, Stderr: &out})
				if s.err != "" {
					if err == nil || !strings.Contains(err.Error(), s.err) {
						t.Errorf("cell %d %q: error %v, want %q", i, s.src, err, s.err)
					}
					continue
				}
				if err != nil {
					t.Errorf("cell %d %q: %v", i, s.src, err)
					continue
				}
				got := ""
				if v.HasValue {
					got = v.Type + ": " + v.Text
				}
				if got != s.want {
					t.Errorf("cell %d %q = %q, want %q", i, s.src, got, s.want)
				}
				if out.String() != s.out {
					t.Errorf("cell %d %q printed %q, want %q", i, s.src, out.String(), s.out)
				}
			}
		})
	}
}

// TestInterruptAmongCells ends cells that would never end, and looks whether what others made still works.
func TestInterruptAmongCells(t *testing.T) {
	in := newInterp(t)
	eval := func(ctx context.Context, src string) (lang.Value, error) {
		return in.Eval(ctx, lang.Cell{Name: "In", Src: src}, lang.IO{})
	}
	if _, err := eval(context.Background(), "n := 0\nfunc next() int { n++; return n }\nticks := make(chan int)\ngo func() { for i := 0; ; i++ { ticks <- i } }()"); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		"started()\nfor { n++ }",
		"started()\n<-make(chan int)",
		"started()\nvar c chan int\nc <- 1",
		"started()\nselect {}",
		"started()\ntime.Sleep(time.Hour)",
		"started()\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"started()\nvar wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"func f(n int) { if n > 0 { f(n - 1); f(n - 1) } }\nstarted()\nf(200)",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		src = strings.Replace(src, "started()", "fmt.Println(\"started\")", 1)
		w := &signal{ready: make(chan struct{})}
		ended := make(chan error, 1)
		go func() {
			_, err := in.Eval(ctx, lang.Cell{Name: "In", Src: src}, lang.IO{Stdout: w})
			ended <- err
		}()
		select {
		case <-w.ready:
		case err := <-ended:
			t.Fatalf("%q ended by itself: %v", src, err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, lang.ErrInterrupted) {
			t.Errorf("%q: %v, want interrupted", src, err)
		}
		if v, err := eval(context.Background(), "next() > 0 && <-ticks >= 0"); err != nil || v.Text != "true" {
			t.Errorf("after %q: %v, %v", src, v.Text, err)
		}
	}
}

// signal closes ready at the first write.
type signal struct {
	once  sync.Once
	ready chan struct{}
}

func (s *signal) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.ready) })
	return len(p), nil
}

// TestBackgroundOutput checks that what a goroutine prints, and its panic, go to the cell that started it.
func TestBackgroundOutput(t *testing.T) {
	in := newInterp(t)
	var first, second buffer
	panics := make(chan *lang.Panic, 1)
	_, err := in.Eval(context.Background(), lang.Cell{Name: "In[1]", Src: "go_ := make(chan bool)\nback := make(chan bool)\ngo func() {\n\t<-go_\n\tfmt.Println(\"late\")\n\tback <- true\n\tpanic(\"lost\")\n}()"},
		lang.IO{Stdout: &first, Panicked: func(p *lang.Panic) { panics <- p }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Eval(context.Background(), lang.Cell{Name: "In[2]", Src: "go_ <- true\n<-back\nfmt.Println(\"mine\")"}, lang.IO{Stdout: &second}); err != nil {
		t.Fatal(err)
	}
	if first.String() != "late\n" || second.String() != "mine\n" {
		t.Errorf("cell 1 printed %q, cell 2 %q", first.String(), second.String())
	}
	select {
	case p := <-panics:
		if p.Value != "lost" {
			t.Errorf("panic value %v", p.Value)
		}
	case <-time.After(time.Minute):
		t.Error("the goroutine's panic was not reported")
	}
}
