package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

var _ = register(&Command{Name: "test", Usage: "[-test.FLAGS]", Help: "run the tests and benchmarks of this cell, or of the session when it has none", Run: goTest})

// testFlags are the flags of package testing that %test takes; the others write files, start timers that end the
// process, or need a compiler.
var testFlags = []string{
	"test.bench", "test.benchmem", "test.benchtime", "test.count", "test.failfast", "test.list", "test.parallel",
	"test.run", "test.short", "test.shuffle", "test.skip", "test.v",
}

// goTest runs tests when the cell's other lines have run.
func goTest(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	plain := len(words) == 0
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	for _, w := range words {
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if strings.HasPrefix(w, "-") && !slices.Contains(testFlags, name) {
			return kernel.Result{}, usage("the flag %s is not among -%s", w, strings.Join(testFlags, ", -"))
		}
	}
	c.atEnd(func(ctx context.Context, res kernel.Result) (kernel.Result, error) {
		all, err := c.testFuncs()
		if err != nil {
			return res, err
		}
		if plain {
			words = all.own(c.cell.funcs)
		}
		return res, c.failed(c.runTests(ctx, all, words))
	})
	return kernel.Result{}, nil
}

// testFuncs are the session's tests and benchmarks, by name.
type testFuncs struct {
	tests      []testing.InternalTest
	benchmarks []testing.InternalBenchmark
}

// testFuncs asks the session for the functions themselves.
func (c *Call) testFuncs() (found testFuncs, err error) {
	var tests, benchmarks []string
	for _, v := range c.Session().Names() {
		switch {
		case v.Kind == "function" && isTest(v.Name, "Test") && strings.HasSuffix(v.Type, "*testing.T)"):
			tests = append(tests, fmt.Sprintf("{%q, %s}", v.Name, v.Name))
		case v.Kind == "function" && isTest(v.Name, "Benchmark") && strings.HasSuffix(v.Type, "*testing.B)"):
			benchmarks = append(benchmarks, fmt.Sprintf("{%q, %s}", v.Name, v.Name))
		}
	}
	slices.Sort(tests)
	slices.Sort(benchmarks)
	for _, list := range []struct {
		src string
		to  any
	}{
		{"[]testing.InternalTest{" + strings.Join(tests, ", ") + "}", &found.tests},
		{"[]testing.InternalBenchmark{" + strings.Join(benchmarks, ", ") + "}", &found.benchmarks},
	} {
		res, err := c.Eval(list.src, c.Line)
		if err != nil {
			return found, err
		}
		to, v := reflect.ValueOf(list.to).Elem(), reflect.ValueOf(res.Value.V)
		if !v.IsValid() || !v.Type().AssignableTo(to.Type()) {
			return found, fmt.Errorf("%%test: the tests came as %T", res.Value.V)
		}
		to.Set(v)
	}
	return found, nil
}

// isTest reports whether a name is that of a test: the prefix, and then nothing or no lower-case letter.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || !strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyz"))
}

// own are the flags that choose the tests and benchmarks among functions; all tests when there are none.
func (t testFuncs) own(funcs []string) []string {
	var tests, benchmarks []string
	for _, f := range t.tests {
		if slices.Contains(funcs, f.Name) {
			tests = append(tests, regexp.QuoteMeta(f.Name))
		}
	}
	for _, f := range t.benchmarks {
		if slices.Contains(funcs, f.Name) {
			benchmarks = append(benchmarks, regexp.QuoteMeta(f.Name))
		}
	}
	flags := []string{"-test.v"}
	if len(tests)+len(benchmarks) > 0 {
		flags = append(flags, "-test.run=^("+strings.Join(tests, "|")+")$")
	}
	if len(benchmarks) > 0 {
		flags = append(flags, "-test.bench=^("+strings.Join(benchmarks, "|")+")$")
	}
	return flags
}

// runTests runs package testing in this process, with the cell's output.
func (c *Call) runTests(ctx context.Context, all testFuncs, words []string) (err error) {
	out, err := c.processOutput()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.close()) }()
	for i, t := range all.tests {
		all.tests[i].F = func(tt *testing.T) { standin.GuardTest(tt, func() { t.F(tt) }) }
	}
	for i, b := range all.benchmarks {
		all.benchmarks[i].F = func(bb *testing.B) { standin.GuardTest(bb, func() { b.F(bb) }) }
	}
	status := 0
	if err := withTestFlags(words, func() {
		status = testing.MainStart(testEnvironment{}, all.tests, all.benchmarks, nil, nil).Run()
	}); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if status != 0 {
		return errors.New("the tests failed")
	}
	return nil
}

// ownTestFlags is where package testing has its flags: it makes them once in the life of a process.
var ownTestFlags = sync.OnceValue(func() *flag.FlagSet {
	if processFlags.Lookup("test.v") != nil {
		return processFlags // this is a test program
	}
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	old := flag.CommandLine
	flag.CommandLine = fs
	defer func() { flag.CommandLine = old }()
	testing.Init()
	return fs
})

// withTestFlags calls do while the flags of package testing are those of words, and those alone.
func withTestFlags(words []string, do func()) error {
	fs, old := ownTestFlags(), flag.CommandLine
	before := map[string]string{}
	fs.VisitAll(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "test.") {
			before[f.Name] = f.Value.String()
			f.Value.Set(f.DefValue)
		}
	})
	defer func() {
		flag.CommandLine = old
		for name, v := range before {
			fs.Set(name, v)
		}
	}()
	given := flag.NewFlagSet("%test", flag.ContinueOnError)
	given.SetOutput(io.Discard)
	fs.VisitAll(func(f *flag.Flag) { given.Var(f.Value, f.Name, f.Usage) })
	if err := given.Parse(words); err != nil {
		return err
	}
	flag.CommandLine = given
	do()
	return nil
}

// processOutput makes the process's standard output the cell's, and the cell's go the same way, so that what package
// testing prints and what tests print stay in order.
func (c *Call) processOutput() (*diverted, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	d := &diverted{r: r, w: w, old: os.Stdout, done: make(chan error, 1)}
	var next kernel.Frontend
	d.undo = c.Wrap(func(fe kernel.Frontend) kernel.Frontend {
		next = fe
		return throughPipe{fe, w}
	})
	os.Stdout = w
	go func() {
		_, err := io.Copy(streamWriter{next}, r)
		d.done <- err
	}()
	return d, nil
}

type diverted struct {
	r, w, old *os.File
	undo      func()
	done      chan error
}

func (d *diverted) close() error {
	os.Stdout = d.old
	d.undo()
	return errors.Join(d.w.Close(), <-d.done, d.r.Close())
}

type throughPipe struct {
	kernel.Frontend
	w *os.File
}

func (t throughPipe) Stream(name, text string) {
	if name != "stdout" {
		t.Frontend.Stream(name, text)
		return
	}
	io.WriteString(t.w, text) // it fails when the tests are over
}

type streamWriter struct{ fe kernel.Frontend }

func (w streamWriter) Write(p []byte) (int, error) {
	w.fe.Stream("stdout", string(p))
	return len(p), nil
}

// testEnvironment is what the go tool gives a test program, without coverage, profiles and fuzzing.
type testEnvironment struct{}

// seed is an input of a fuzz test, as package testing spells it.
type seed = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

var errNoFuzzing = errors.New("fuzz tests are not run here")

func (testEnvironment) ImportPath() string { return "gossl.cells" }
func (testEnvironment) ModulePath() string { return "gossl.cells" }
func (testEnvironment) MatchString(pattern, s string) (bool, error) {
	return regexp.MatchString(pattern, s)
}
func (testEnvironment) SetPanicOnExit0(bool)                        {}
func (testEnvironment) StartCPUProfile(io.Writer) error             { return nil }
func (testEnvironment) StopCPUProfile()                             {}
func (testEnvironment) StartTestLog(io.Writer)                      {}
func (testEnvironment) StopTestLog() error                          { return nil }
func (testEnvironment) WriteProfileTo(string, io.Writer, int) error { return nil }
func (testEnvironment) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []seed, []reflect.Type, string, string) error {
	return errNoFuzzing
}
func (testEnvironment) RunFuzzWorker(func(seed) error) error { return errNoFuzzing }
func (testEnvironment) ReadCorpus(string, []reflect.Type) ([]seed, error) {
	return nil, errNoFuzzing
}
func (testEnvironment) CheckCorpus([]any, []reflect.Type) error { return errNoFuzzing }
func (testEnvironment) ResetCoverage()                          {}
func (testEnvironment) SnapshotCoverage()                       {}
func (testEnvironment) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapcov func() float64) {
	return "", nil, nil
}
