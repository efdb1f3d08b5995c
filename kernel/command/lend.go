package command

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = register(
	&Command{Name: "edit", Usage: "[CELL | FILE]", Help: "open the last cell, another one or a file in $EDITOR; a cell comes to the next prompt", Run: edit},
	&Command{Name: "page", Usage: "[GO]", Help: "show a value, or what the last cell showed, in $PAGER", Run: page, Check: checkPage},
)

// Lender is what a Frontend implements that can give its terminal to another program for a while.
type Lender interface {
	Lend(do func(in, out *os.File) error) error
}

// lent runs a program that the environment names, by way of the shell, in the terminal of the session.
func (c *Call) lent(program string, args ...string) error {
	fe, ok := c.Front().(Lender)
	if !ok {
		return errors.New("there is no terminal here")
	}
	return fe.Lend(func(in, out *os.File) error {
		cmd := exec.CommandContext(c.Context(), "sh", append([]string{"-c", program + ` "$@"`, "sh"}, args...)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		return nil
	})
}

func edit(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil || len(words) > 1 {
		return kernel.Result{}, cmp.Or(err, usage("want one cell or one file"))
	}
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi")
	if len(words) == 1 {
		if _, err := strconv.Atoi(words[0]); err != nil {
			return kernel.Result{}, c.lent(editor, words[0])
		}
	}
	next, ok := c.Front().(NextInput)
	if !ok {
		return kernel.Result{}, errors.New("there is no prompt here for the edited cell")
	}
	all := c.Session().History()
	if len(words) == 1 {
		if all, err = chosen(all, words); err != nil {
			return kernel.Result{}, err
		}
	}
	text := ""
	if len(all) > 0 {
		text = all[len(all)-1].Src
	}
	dir, err := os.MkdirTemp("", "gossl-edit-*")
	if err != nil {
		return kernel.Result{}, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cell.go")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return kernel.Result{}, err
	}
	if err := c.lent(editor, path); err != nil {
		return kernel.Result{}, err
	}
	edited, err := os.ReadFile(path)
	if err != nil {
		return kernel.Result{}, err
	}
	next.SetNextInput(strings.TrimRight(string(edited), "\n"))
	return kernel.Result{}, nil
}

// pageLimit is how many characters of a value %page shows.
const pageLimit = 1 << 22

func page(c *Call) (kernel.Result, error) {
	text := ""
	if c.Args == "" {
		all := c.Session().History()
		if len(all) == 0 {
			return kernel.Result{}, errors.New("no cell has run yet")
		}
		outputs, _ := all[len(all)-1].Outputs()
		for _, o := range outputs {
			text += o.Text
			if o.Bundle != nil {
				text += o.Bundle.Text() + "\n"
			}
		}
	} else {
		res, err := c.Eval(c.Args, c.Line)
		if err != nil {
			return kernel.Result{}, err
		}
		if !res.Value.HasValue {
			return kernel.Result{}, usage("this has no value to show")
		}
		if text = res.Value.Text; len(text) > 5000 || res.Shown.Text() == text {
			text = rt.Text(res.Value.V, pageLimit)
		}
		text += "\n"
	}
	if _, ok := c.Front().(Lender); !ok {
		c.Printf("%s", text)
		return kernel.Result{}, nil
	}
	f, err := os.CreateTemp("", "gossl-page-*")
	if err != nil {
		return kernel.Result{}, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return kernel.Result{}, err
	}
	pager := os.Getenv("PAGER")
	if pager == "" {
		pager = "more"
		if _, err := exec.LookPath("less"); err == nil {
			pager = "less"
			if os.Getenv("LESS") == "" {
				pager = "less -FRX" // what fits the screen needs no keys
			}
		}
	}
	return kernel.Result{}, c.lent(pager, f.Name())
}

func checkPage(c *Call, k *Checker) error {
	if c.Args != "" {
		k.Go(c.Args, c.Line)
	}
	return nil
}
