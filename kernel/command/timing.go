package command

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"math"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
)

var _ = register(
	&Command{Name: "time", Usage: "GO", Help: "run Go and say how long it took", Body: true, Run: timeOnce, Check: checkTimed},
	&Command{Name: "timeit", Usage: "[-n LOOPS] [-r REPEATS] GO", Help: "run Go many times and say how long one takes", Body: true, Run: timeMany, Check: checkTimedMany},
)

func timeOnce(c *Call) (kernel.Result, error) {
	src, line := c.code()
	if src == "" {
		return kernel.Result{}, usage("there is nothing to time")
	}
	cpu, start := cpuTime(), time.Now()
	res, err := c.Eval(src, line)
	wall := time.Since(start)
	var unchecked *lang.Diagnostics
	if errors.As(err, &unchecked) {
		return res, err // nothing ran
	}
	c.Printf("wall %s, CPU %s\n", short(wall), short(cpuTime()-cpu))
	return res, err
}

func checkTimed(c *Call, k *Checker) error {
	k.Go(c.code())
	return nil
}

// code returns the Go that a command was given, in its line or below it.
func (c *Call) code() (src string, line int) {
	if c.Whole {
		return strings.TrimSpace(c.Args) + "\n" + c.Body, c.Line
	}
	return c.Args, c.Line
}

// cpuTime is what the process has used on all cores.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// short rounds a duration to three digits.
func short(d time.Duration) time.Duration {
	for unit := time.Duration(1); unit < d; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d
}

// timeFor is the time that one repeat should take at least.
const timeFor = 200 * time.Millisecond

func timeMany(c *Call) (kernel.Result, error) {
	src, line, loops, repeats, err := c.repeated()
	if err != nil {
		return kernel.Result{}, err
	}
	body, err := c.loopBody(src, line)
	if err != nil {
		return kernel.Result{}, err
	}
	run := func(n int) (time.Duration, error) {
		start := time.Now()
		_, err := c.Eval(fmt.Sprintf("func() { for range %d { %s\n} }()", n, body), line)
		return time.Since(start), err
	}
	empty, err := run(0) // what it takes to get there
	if err != nil {
		return kernel.Result{}, err
	}
	if loops == 0 {
		for loops = 1; ; {
			took, err := run(loops)
			if err != nil {
				return kernel.Result{}, err
			}
			took -= empty
			if took >= timeFor || loops >= 1e9 {
				break
			}
			// As package testing does: predict, go a little beyond, grow at most a hundredfold.
			next := int(1.2 * float64(timeFor) * float64(loops) / float64(max(took, 1)))
			loops = min(max(next, loops+1), 100*loops, 1e9)
		}
	}
	var sum, squares float64
	best := math.Inf(1)
	for range repeats {
		took, err := run(loops)
		if err != nil {
			return kernel.Result{}, err
		}
		one := float64(max(took-empty, 0)) / float64(loops)
		sum += one
		squares += one * one
		best = min(best, one)
	}
	mean := sum / float64(repeats)
	if mean*float64(loops) < float64(empty) {
		c.Printf("less than %s for one of %d loops; more of them (-n) would tell\n", nanos(float64(2*empty)/float64(loops)), loops)
		return kernel.Result{}, nil
	}
	deviation := math.Sqrt(max(squares/float64(repeats)-mean*mean, 0))
	c.Printf("%s ± %s (best %s) for one of %d loops, %d times\n", nanos(mean), nanos(deviation), nanos(best), loops, repeats)
	return kernel.Result{}, nil
}

// repeated reads the flags of %timeit. loops is 0 when none are asked for.
func (c *Call) repeated() (src string, line, loops, repeats int, err error) {
	src, line = c.code()
	repeats = 5
	for !c.Whole && strings.HasPrefix(src, "-") {
		flag, rest, _ := strings.Cut(src, " ")
		number, after, _ := strings.Cut(strings.TrimSpace(rest), " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			return "", 0, 0, 0, usage("%s wants a number of at least 1, not %q", flag, number)
		}
		switch flag {
		case "-n":
			loops = n
		case "-r":
			repeats = n
		default:
			return "", 0, 0, 0, usage("%s is not understood", flag)
		}
		src = strings.TrimSpace(after)
	}
	if strings.TrimSpace(src) == "" {
		return "", 0, 0, 0, usage("there is nothing to time")
	}
	return src, line, loops, repeats, nil
}

func checkTimedMany(c *Call, k *Checker) error {
	src, line, _, _, err := c.repeated()
	if err != nil {
		return err
	}
	body := "func() { " + src + "\n}()"
	if _, err := parser.ParseExpr(src); err == nil {
		if _, err := k.try(body, line); err != nil {
			body = "func() { _ = " + src + " }()"
		}
	}
	if _, err := k.try(body, line); err != nil {
		k.Go(body, line)
	}
	return nil
}

// loopBody returns src in a form that can stand in a loop: a call as it is, any other expression as an assignment.
func (c *Call) loopBody(src string, line int) (string, error) {
	expr, err := parser.ParseExpr(src)
	if err != nil {
		return src, nil // statements
	}
	if _, call := expr.(*ast.CallExpr); call {
		_, err := c.Eval("func() { if false { "+src+" } }()", line)
		var d *lang.Diagnostics
		if !errors.As(err, &d) {
			return src, err
		}
	}
	_, err = c.Eval("func() { if false { _ = "+src+" } }()", line)
	var d *lang.Diagnostics
	if errors.As(err, &d) { // say what is wrong with the expression itself
		if _, plain := c.Eval(src, line); plain != nil {
			return "", plain
		}
	}
	return "_ = " + src, err
}

// nanos formats a number of nanoseconds with three digits and a fitting unit.
func nanos(ns float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if ns >= u.size {
			return fmt.Sprintf("%.3g %s", ns/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", ns)
}
