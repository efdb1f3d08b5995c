package standin

import (
	"flag"
	"fmt"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"flag.NewFlagSet":               NewFlagSet,
	"flag.PrintDefaults":            func() { PrintDefaults(flag.CommandLine) },
	"(*flag.FlagSet).PrintDefaults": PrintDefaults,
})

// NewFlagSet is flag.NewFlagSet; the usage that the set prints unless it is told otherwise knows the types of cells.
func NewFlagSet(name string, handling flag.ErrorHandling) *flag.FlagSet {
	f := flag.NewFlagSet(name, handling)
	f.Usage = func() {
		if f.Name() == "" {
			fmt.Fprintf(f.Output(), "Usage:\n")
		} else {
			fmt.Fprintf(f.Output(), "Usage of %s:\n", f.Name())
		}
		PrintDefaults(f)
	}
	return f
}

// PrintDefaults is the method of a flag.FlagSet. It leaves out a default that is the zero value of the flag's type:
// package flag makes one by reflection, which finds the adapter around a value of a cell's type.
func PrintDefaults(f *flag.FlagSet) {
	shown := flag.NewFlagSet(f.Name(), flag.ContinueOnError)
	shown.SetOutput(f.Output())
	var errs []error
	f.VisitAll(func(g *flag.Flag) {
		value, text := g.Value, g.DefValue
		if b := rt.B(g.Value); b.T != nil {
			zero, err := isZeroFlag(b, g)
			if err != nil {
				errs = append(errs, err)
			}
			if zero || err != nil {
				text = zeroFlag
			}
			boolean, ok := g.Value.(interface{ IsBoolFlag() bool })
			value = &describedFlag{ok && boolean.IsBoolFlag()}
		}
		shown.Var(value, g.Name, g.Usage)
		shown.Lookup(g.Name).DefValue = text
	})
	shown.PrintDefaults()
	for i, err := range errs {
		if i == 0 {
			fmt.Fprintln(f.Output())
		}
		fmt.Fprintln(f.Output(), err)
	}
}

// isZeroFlag reports whether the default of g, whose value is in b, is how the zero value of its type prints.
func isZeroFlag(b rt.Box, g *flag.Flag) (zero bool, err error) {
	z, ok := b.Zero()
	if !ok {
		return false, nil
	}
	defer func() {
		if r := recover(); r != nil {
			t := b.T
			if e := t.Elem(); e != nil {
				t = e
			}
			err = fmt.Errorf("panic calling String method on zero %v for flag %s: %v", t, g.Name, rt.Recovered(r))
		}
	}()
	return g.DefValue == rt.Method[func(any) string](z, "String")(z.V), nil
}

// describedFlag stands for a flag's value where its description is printed.
type describedFlag struct{ boolean bool }

const zeroFlag = "\x00" // how it prints: like no default

func (*describedFlag) String() string     { return zeroFlag }
func (*describedFlag) Set(string) error   { return nil }
func (d *describedFlag) IsBoolFlag() bool { return d.boolean }
