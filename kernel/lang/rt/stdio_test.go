package rt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestOutputKeepsItsOrder writes by turns through the writer and the file.
func TestOutputKeepsItsOrder(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("a pipe cannot be read there without waiting")
	}
	var out lockedBuffer
	var want strings.Builder
	c := NewCell(Config{Stdout: &out})
	err := c.Run(func() {
		for i := range 300 {
			f, err := Current().StdoutFile()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintln(f, "file", i)
			fmt.Fprintln(Stdout, "writer", i)
			if i == 100 {
				f.WriteString(strings.Repeat("x", 200000))
			}
			if i%50 == 0 {
				runtime.GC()
			}
		}
	}, 0)
	for i := range 300 {
		fmt.Fprintf(&want, "file %d\nwriter %d\n", i, i)
		if i == 100 {
			want.WriteString(strings.Repeat("x", 200000))
		}
	}
	if err != nil || out.String() != want.String() {
		t.Errorf("Run = %v; %d bytes came, want %d", err, len(out.String()), want.Len())
	}
}

// TestOutputFindsItsCell runs cells side by side whose goroutines outlive them.
func TestOutputFindsItsCell(t *testing.T) {
	outs := make([]lockedBuffer, 4)
	release := make(chan struct{})
	var done sync.WaitGroup
	for i := range outs {
		c := NewCell(Config{Stdout: &outs[i], Stderr: &outs[i]})
		done.Add(1)
		if err := c.Run(func() {
			fmt.Fprint(Stdout, "a", i)
			go func() { // a goroutine that compiled code starts
				defer done.Done()
				<-release
				fmt.Fprint(Stderr, "b", i)
			}()
		}, 0); err != nil {
			t.Error(err)
		}
	}
	close(release)
	done.Wait()
	for i := range outs {
		if got, want := outs[i].String(), fmt.Sprintf("a%db%d", i, i); got != want {
			t.Errorf("cell %d got %q, want %q", i, got, want)
		}
	}
}

func TestDescriptorsAreGivenBack(t *testing.T) {
	for range 300 {
		c := NewCell(Config{Stdout: io.Discard})
		c.Run(func() {
			f, err := Current().StdoutFile()
			if err != nil {
				t.Error(err)
				return
			}
			f.WriteString("x")
		}, 0)
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	before := len(fds)
	for range 20 {
		runtime.GC()
		runtime.Gosched()
	}
	fds, _ = os.ReadDir("/proc/self/fd")
	if len(fds) > before/2+20 {
		t.Errorf("%d descriptors open after 300 cells, %d after a collection", before, len(fds))
	}
}

func TestStdinIsInterruptibleAndLosesNothing(t *testing.T) {
	r, w := io.Pipe()
	c := NewCell(Config{Stdin: r})
	started := make(chan struct{})
	go func() {
		<-started
		c.Interrupt()
	}()
	if err := c.Run(func() {
		close(started)
		bufio.NewReader(Stdin).ReadString('\n')
	}, 0); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("Run = %v", err)
	}
	e := NewCell(Config{Stdin: silence{}})
	reading := make(chan struct{})
	go func() {
		<-reading
		e.Interrupt()
	}()
	if err := e.Run(func() {
		f := OSStdin()
		close(reading)
		_, err := f.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("interrupted read of the file: %v", err)
		}
		Poll()
	}, 0); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Run = %v", err)
	}
	go func() {
		io.WriteString(w, "one\ntwo\n")
		w.Close()
	}()
	d := NewCell(Config{Stdin: strings.NewReader("x y\n")})
	if err := d.Run(func() {
		var a, b string
		if n, err := fmt.Fscan(Stdin, &a, &b); n != 2 || err != nil || a+b != "xy" {
			t.Errorf("Fscan: %d %v %q", n, err, a+b)
		}
		if _, err := Stdin.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
	}, 0); err != nil {
		t.Error(err)
	}
	f, err := NewCell(Config{Stdin: strings.NewReader("through a file")}).StdinFile()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); string(b) != "through a file" || err != nil {
		t.Errorf("read %q, %v", b, err)
	}
	var kept [8]byte
	n, err := io.ReadFull(readerFunc(func(p []byte) (int, error) { return c.in.read(p) }), kept[:])
	if err != nil || string(kept[:n]) != "one\ntwo\n" {
		t.Errorf("after the interrupt: %q, %v", kept[:n], err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// silence is an input that never comes.
type silence struct{}

func (silence) Read([]byte) (int, error) { select {} }

// lines gives one line a read, and counts the reads.
type lines struct {
	left  []string
	asked atomic.Int32
}

func (l *lines) Read(p []byte) (int, error) {
	l.asked.Add(1)
	if len(l.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.left[0])
	l.left = l.left[1:]
	return n, nil
}

// A cell that reads one line of os.Stdin asks for one; one that reads on is asked again.
func TestStdinFileAsksForWhatIsRead(t *testing.T) {
	for _, want := range []int{1, 2} {
		in := &lines{left: []string{"one\n", "two\n", "three\n"}}
		c := NewCell(Config{Stdin: in})
		var got []string
		var file *os.File
		err := c.Run(func() {
			file, _ = c.StdinFile()
			s := bufio.NewScanner(file)
			for range want {
				s.Scan()
				got = append(got, s.Text())
			}
		}, 0)
		if err != nil || len(got) != want || got[want-1] != []string{"one", "two"}[want-1] {
			t.Errorf("read %q, %v", got, err)
		}
		io.Copy(io.Discard, file) // until the cell's input has ended
		if n := int(in.asked.Load()); n != want {
			t.Errorf("%d lines were asked for, and %d read", n, want)
		}
	}
}
