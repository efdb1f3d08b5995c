package command

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "prof", Usage: "[-o FILE] GO", Help: "run Go, say where the time went, and keep the profile for go tool pprof", Body: true, Run: profile, Check: checkProfile},
	&Command{Name: "bg", Usage: "GO", Help: "run Go in the background; a panic in it is told and ends nothing else", Body: true, Run: background, Check: checkBackground},
)

// profileRows is how many functions %prof lists.
const profileRows = 15

func profile(c *Call) (kernel.Result, error) {
	src, line, path, err := c.profiled()
	if err != nil {
		return kernel.Result{}, err
	}
	f, err := os.Create(path)
	if err != nil {
		return kernel.Result{}, err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return kernel.Result{}, err
	}
	res, err := c.Eval(src, line)
	pprof.StopCPUProfile()
	if err != nil {
		return res, err
	}
	if out, toolErr := exec.CommandContext(c.Context(), "go", "tool", "pprof", "-top", fmt.Sprintf("-nodecount=%d", profileRows), path).Output(); toolErr == nil {
		c.Printf("%s", out)
	}
	c.Printf("the profile is in %s; go tool pprof -http=: %s shows it\n", path, path)
	return res, nil
}

func (c *Call) profiled() (src string, line int, path string, err error) {
	src, line = c.code()
	path = "cell.prof"
	if rest, ok := strings.CutPrefix(c.Args, "-o "); ok {
		name, after, _ := strings.Cut(strings.TrimSpace(rest), " ")
		path, src = name, after
		if c.Whole {
			src = after + "\n" + c.Body
		}
	}
	if strings.TrimSpace(src) == "" {
		return "", 0, "", usage("there is nothing to profile")
	}
	return src, line, path, nil
}

func checkProfile(c *Call, k *Checker) error {
	src, line, _, err := c.profiled()
	if err == nil {
		k.Go(src, line)
	}
	return err
}

func background(c *Call) (kernel.Result, error) {
	src, line := c.code()
	if strings.TrimSpace(src) == "" {
		return kernel.Result{}, usage("there is nothing to run")
	}
	return c.Eval(inBackground(src), line)
}

func inBackground(src string) string { return "go func() { " + src + "\n}()" }

func checkBackground(c *Call, k *Checker) error {
	src, line := c.code()
	k.Go(inBackground(src), line)
	return nil
}
