// Command conformance runs the programs of the Go distribution's own test folder that say "// run" through the
// language and counts how they end:
//
//	go run ./kernel/lang/conformance [-run regexp] [-causes file] [-v]
//
// A program passes when it exits with status 0 and prints what its .out file holds, nothing when there is none.
// Each program runs in a process of its own with a time-out. What does not pass has to stand, with its cause, in
// causes.txt beside this file; the command fails for a program that does not, and for every wrong answer.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/stdlib"
)

// Exit statuses of a child that did not run its program.
const (
	exitDiagnostics = 101
	exitRefused     = 102
	exitLowering    = 103
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "-child" {
		child(os.Args[2], os.Args[3:])
	}
	root := flag.String("dir", filepath.Join(runtime.GOROOT(), "test"), "folder of the programs")
	match := flag.String("run", "", "run only programs whose path matches")
	causes := flag.String("causes", "", "write what did not pass, and what it printed, to this file")
	limit := flag.Duration("timeout", time.Minute, "time for one program")
	workers := flag.Int("workers", runtime.NumCPU(), "programs at a time")
	verbose := flag.Bool("v", false, "print every program")
	flag.Parse()
	if err := run(*root, *match, *causes, *limit, *workers, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

// outcome is how a program ended.
type outcome int

const (
	passed outcome = iota
	refused
	wrong // exit status 0 and another output
	crashed
	timedOut
)

func (o outcome) String() string {
	return [...]string{"passed", "refused", "wrong", "crashed", "timed out"}[o]
}

type result struct {
	name  string
	how   outcome
	cause string
}

func run(root, match, causes string, limit time.Duration, workers int, verbose bool) error {
	re, err := regexp.Compile(match)
	if err != nil {
		return err
	}
	programs, err := find(root, re)
	if err != nil {
		return err
	}
	if len(programs) == 0 {
		return fmt.Errorf("no programs in %s match %q: -dir has to name the test folder of a Go distribution", root, match)
	}
	results := make([]result, len(programs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(workers, 1) {
		wg.Go(func() {
			for i := range next {
				results[i] = try(root, programs[i], limit)
				if verbose {
					fmt.Println(results[i].how, results[i].name, results[i].cause)
				}
			}
		})
	}
	for i := range programs {
		next <- i
	}
	close(next)
	wg.Wait()
	var count [timedOut + 1]int
	var report strings.Builder
	for _, r := range results {
		count[r.how]++
		if r.how != passed {
			fmt.Fprintf(&report, "%s\t%s\t%s\n", r.how, r.name, r.cause)
		}
	}
	for o := passed; o <= timedOut; o++ {
		fmt.Printf("%s %d\n", o, count[o])
	}
	fmt.Printf("of %d\n", len(results))
	if causes != "" {
		if err := os.WriteFile(causes, []byte(report.String()), 0o644); err != nil {
			return err
		}
	}
	return compare(results)
}

// find lists the programs that are run as they are.
func find(root string, re *regexp.Regexp) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if strings.HasSuffix(p, ".dir") { // files of programs that are built from several
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		name, err := filepath.Rel(root, p)
		if err != nil || !re.MatchString(name) {
			return err
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if runnable(string(src)) {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// runnable reports whether the first comment says "// run" and build constraints admit this machine.
func runnable(src string) bool {
	var action string
	for line := range strings.Lines(src) {
		line = strings.TrimSpace(line)
		if c, ok := strings.CutPrefix(line, "//go:build "); ok {
			if strings.Contains(c, "ignore") || strings.Contains(c, "cgo") && !strings.Contains(c, "!cgo") {
				return false
			}
			continue
		}
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "//") {
			break
		}
		if action == "" {
			action = strings.TrimSpace(strings.TrimPrefix(line, "//"))
		}
	}
	return action == "run" || strings.HasPrefix(action, "run ")
}

// try runs one program in a child process.
func try(root, name string, limit time.Duration) result {
	self, err := os.Executable()
	if err != nil {
		return result{name, crashed, err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	file := filepath.Join(root, name)
	args, flags := arguments(file)
	if flags != "" {
		return result{name, refused, "it is to be compiled with " + flags + ", which changes what it means"}
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"-child", file}, args...)...)
	cmd.Dir = root
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return result{name, timedOut, limit.String()}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		switch exit.ExitCode() {
		case exitRefused:
			return result{name, refused, firstLine(out.String())}
		case exitDiagnostics, exitLowering:
			return result{name, crashed, firstLine(out.String())}
		}
		return result{name, crashed, fmt.Sprintf("exit status %d: %s", exit.ExitCode(), firstLine(out.String()))}
	}
	if err != nil {
		return result{name, crashed, err.Error()}
	}
	want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return result{name, crashed, err.Error()}
	}
	if got := out.String(); got != string(want) {
		return result{name, wrong, difference(string(want), got)}
	}
	return result{name, passed, ""}
}

// arguments are what stands after "// run": more files of the program, and what it gets as its arguments. flags are
// the compiler flags there under which Go itself would mean something else by the program.
func arguments(file string) (args []string, flags string) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, ""
	}
	for line := range strings.Lines(string(src)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "// run ")
		if !ok {
			continue
		}
		fields := strings.Fields(rest)
		for i := 0; i < len(fields); i++ {
			switch f := fields[i]; {
			case f == "-goexperiment" && i+1 < len(fields):
				i++
				flags = f + " " + fields[i]
			case strings.HasPrefix(f, "-gcflags=-d=converthash"), strings.HasPrefix(f, "-gcflags=-d=maymorestack"):
				flags = f // the others check, or compile in another way
			case !strings.HasPrefix(f, "-"):
				args = append(args, f)
			}
		}
		break
	}
	return args, flags
}

// difference is the first line in which two texts differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d: want %.80q, got %.80q", i+1, a, b)
		}
	}
	return "the same lines"
}

func firstLine(s string) string {
	s = strings.TrimSpace(s)
	line, _, _ := strings.Cut(s, "\n")
	if len(line) > 200 {
		line = line[:200]
	}
	return line
}

// child runs one program in this process and exits as it does. Leading arguments that name Go files are files of it.
func child(file string, args []string) {
	files := []string{file}
	for len(args) > 0 && strings.HasSuffix(args[0], ".go") {
		files = append(files, filepath.Join(filepath.Dir(file), args[0]))
		args = args[1:]
	}
	prog := lang.Program{Args: append([]string{file}, args...), Exit: os.Exit}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		prog.Files = append(prog.Files, check.Source{Name: filepath.Base(f), Text: string(src)})
	}
	status, err := lang.RunProgram(context.Background(), stdlib.Packages(), prog, lang.IO{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		var lowering *lang.LoweringError
		switch {
		case errors.As(err, &lowering):
			os.Exit(exitLowering)
		case lang.Refused(err):
			os.Exit(exitRefused)
		}
		os.Exit(exitDiagnostics)
	}
	os.Exit(status)
}
