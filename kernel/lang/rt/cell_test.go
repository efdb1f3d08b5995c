package rt

import (
	"errors"
	"sync"
	"testing"
	"time"
	"unsafe"
)

func TestInterruptEndsBlockedCells(t *testing.T) {
	blocked := map[string]func(){
		"loop": func() {
			for {
				Poll()
			}
		},
		"recv":     func() { Recv(make(chan int), nil) },
		"recv nil": func() { Recv((chan int)(nil), nil) },
		"send":     func() { x := 1; Send(make(chan int), &x) },
		"send nil": func() { x := 1; Send((chan int)(nil), &x) },
		"select":   func() { Select(false, Case{Ch: make(chan int)}) },
		"select{}": func() { Select(false) },
		"sleep":    func() { Sleep(time.Hour) },
		"mutex": func() {
			var mu sync.Mutex
			mu.Lock()
			Lock(&mu)
		},
		"rwmutex": func() {
			var mu sync.RWMutex
			mu.Lock()
			RLock(&mu)
		},
		"waitgroup": func() {
			var wg sync.WaitGroup
			wg.Add(1)
			Wait(&wg)
		},
		"cond": func() {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			mu.Lock()
			defer Unlock(&mu)
			CondWait(c)
		},
	}
	for name, fn := range blocked {
		t.Run(name, func(t *testing.T) {
			var flag Flag
			c := NewCell(Config{Name: name, Flag: &flag})
			started := make(chan struct{})
			deferred := false
			go func() {
				<-started
				c.Interrupt()
			}()
			err := c.Run(func() {
				defer func() { deferred = true }()
				close(started)
				fn()
				t.Error("came back")
			}, 0)
			if !errors.Is(err, ErrInterrupted) {
				t.Errorf("Run = %v, want ErrInterrupted", err)
			}
			if !deferred {
				t.Error("deferred call did not run")
			}
			if flag.Up() || c.Live() != 0 {
				t.Errorf("after the end: flag up %v, %d goroutines", flag.Up(), c.Live())
			}
		})
	}
}

func TestRunSaysHowItEnded(t *testing.T) {
	run := func(fn func()) error { return NewCell(Config{Name: "In[1]"}).Run(fn, 0) }
	if err := run(func() {}); err != nil {
		t.Errorf("normal end: %v", err)
	}
	cause := errors.New("cause")
	err := run(func() { panic(cause) })
	var p *Panic
	if !errors.As(err, &p) || p.Value != any(cause) || p.Cell != "In[1]" || !errors.Is(err, cause) {
		t.Errorf("panic: %v", err)
	}
	var exit *ExitError
	if err := run(func() { Exit(3) }); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("exit: %v", err)
	}
	if err := run(func() { Go(func() { Exit(4) }); Select(false) }); !errors.As(err, &exit) || exit.Code != 4 {
		t.Errorf("exit of a goroutine: %v", err)
	}
	var fatal *FatalError
	if err := run(func() { var mu sync.Mutex; Unlock(&mu) }); !errors.As(err, &fatal) {
		t.Errorf("fatal: %v", err)
	}
	var deep func(int) int
	deep = func(n int) int {
		var pad [1 << 16]byte
		if n%8 == 0 {
			Deep()
		}
		return deep(n+1) + int(pad[n%len(pad)])
	}
	if err := run(func() { self := []any{nil}; self[0] = self; Sprint(self) }); err != ErrStackOverflow {
		t.Errorf("a slice that holds itself: %v", err)
	}
	if err := run(func() { deep(0) }); err != ErrStackOverflow {
		t.Errorf("recursion: %v", err)
	}
}

func TestGoroutinesBelongToTheirCell(t *testing.T) {
	panicked := make(chan error, 1)
	c := NewCell(Config{Panicked: func(_ *Cell, err error) { panicked <- err }})
	var inGo, inNative *Cell
	err := c.Run(func() {
		var wg sync.WaitGroup
		wg.Add(2)
		Go(func() { defer wg.Done(); inGo = Current() })
		go func() { defer wg.Done(); inNative = Current() }()
		wg.Wait()
		Go(func() { panic("boom") })
	}, 0)
	if err != nil || inGo != c || inNative != c {
		t.Errorf("Run = %v, cells %v %v, want %v", err, inGo, inNative, c)
	}
	if err := <-panicked; err.Error() != "panic: boom" {
		t.Errorf("reported %q", err)
	}
	if Current() != nil {
		t.Error("the test itself belongs to a cell")
	}
}

func TestWholeProgramsEndWithAnyPanic(t *testing.T) {
	c := NewCell(Config{Whole: true})
	stopped := make(chan struct{})
	err := c.Run(func() {
		Go(func() { defer close(stopped); Select(false) })
		Go(func() { panic("boom") })
		Select(false)
	}, 0)
	<-stopped
	if err == nil || err.Error() != "panic: boom" {
		t.Errorf("Run = %v", err)
	}
	c = NewCell(Config{Whole: true})
	stopped = make(chan struct{})
	err = c.Run(func() { Go(func() { defer close(stopped); Select(false) }) }, 0)
	<-stopped
	if err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestCallbacksBelongToTheirCell(t *testing.T) {
	panicked := make(chan error, 1)
	c := NewCell(Config{Panicked: func(_ *Cell, err error) { panicked <- err }})
	var f, g func()
	var in *Cell
	c.Run(func() {
		f = Callback(func() { in = Current() })
		g = Callback(func() { panic("boom") })
	}, 0)
	f()
	g()
	if err := <-panicked; in != c || err.Error() != "panic: boom" {
		t.Errorf("ran in %v, want %v; reported %v", in, c, err)
	}
}

func TestStackUsedGrows(t *testing.T) {
	var at func(n int) uintptr
	at = func(n int) uintptr {
		if n == 0 {
			return StackUsed()
		}
		return at(n-1) + 0*uintptr(unsafe.Sizeof(n))
	}
	if a, b := at(1), at(1001); b-a < 16*1000 || b-a > 1000*1000 {
		t.Errorf("1000 calls take %d bytes of stack", b-a)
	}
}

func TestGoidIsTheOneOfTheTrace(t *testing.T) {
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if got, want := goid(), tracedGoid(); got != want {
				t.Errorf("goid = %d, want %d", got, want)
			}
		})
	}
	wg.Wait()
}

func BenchmarkGoid(b *testing.B) {
	for b.Loop() {
		goid()
	}
}

func BenchmarkCurrent(b *testing.B) {
	NewCell(Config{}).Run(func() {
		for b.Loop() {
			Current()
		}
	}, 0)
}

func BenchmarkPoll(b *testing.B) {
	NewCell(Config{}).Run(func() {
		for b.Loop() {
			Poll()
		}
	}, 0)
}

func BenchmarkStackUsed(b *testing.B) {
	for b.Loop() {
		StackUsed()
	}
}

func BenchmarkMk(b *testing.B) {
	c := Named("main.C").Def(Of((*int)(nil)))
	for b.Loop() {
		Mk(c, 1000)
	}
}

func BenchmarkIs(b *testing.B) {
	c := Named("main.C").Def(Of((*int)(nil)))
	x := Mk(c, 1)
	for b.Loop() {
		Is(x, c)
	}
}

func BenchmarkImpl(b *testing.B) {
	sig := FuncOf(nil, []*Type{Of((*string)(nil))}, false)
	c := Named("main.C").Def(Of((*int)(nil))).Method("Name", sig, func(any) string { return "" })
	i := InterfaceOf(IM("Name", sig))
	x := Mk(c, 1)
	for b.Loop() {
		Impl(x, i)
	}
}

func BenchmarkDispatch(b *testing.B) {
	sig := FuncOf(nil, []*Type{Of((*string)(nil))}, false)
	c := Named("main.C").Def(Of((*int)(nil))).Method("Name", sig, func(any) string { return "" })
	x := Mk(c, 1)
	for b.Loop() {
		M(x, "Name").(func(any) string)(V(x))
	}
}

func BenchmarkEq(b *testing.B) {
	c := Named("main.P").Def(StructOf(F("x", Of((*int)(nil)), ""), F("y", Of((*int)(nil)), "")))
	x, y := Mk(c, struct{ X, Y int }{1, 2}), Mk(c, struct{ X, Y int }{1, 2})
	for b.Loop() {
		Eq(x, y)
	}
}

func BenchmarkSendRecv(b *testing.B) {
	ch := make(chan int, 1)
	NewCell(Config{}).Run(func() {
		v := 1
		for b.Loop() {
			Send(ch, &v)
			Recv(ch, &v)
		}
	}, 0)
}

func BenchmarkSelect(b *testing.B) {
	ch, other := make(chan int, 1), make(chan int)
	NewCell(Config{}).Run(func() {
		v := 1
		for b.Loop() {
			Select(false, Case{Send: true, Ch: ch, P: &v}, Case{Ch: other})
			Select(false, Case{Ch: ch, P: &v}, Case{Ch: other})
		}
	}, 0)
}
