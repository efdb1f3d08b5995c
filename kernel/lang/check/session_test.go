package check

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted results in testdata")

// TestSessions runs the sessions of testdata/*.txtar. A file "cell" is the next cell
// of a session, the file "want" after it what the check says about it; "session"
// starts a new one.
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sessions in testdata (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, n, last := NewScope(std()), 0, ""
			title := ""
			for i := range ar.Files {
				f := &ar.Files[i]
				switch name, rest, _ := strings.Cut(f.Name, " "); name {
				case "session":
					s, n, title = NewScope(std()), 0, rest
				case "cell":
					n++
					last = describe(s, fmt.Sprintf("In[%d]", n), string(f.Data))
				case "want":
					if got := last; got != string(f.Data) {
						if *update {
							f.Data = []byte(got)
							continue
						}
						t.Errorf("%s, cell %d:\n%s\ngot:\n%s\nwant:\n%s", title, n, ar.Files[i-1].Data, got, f.Data)
					}
				default:
					t.Fatalf("%s: unknown section %q", file, f.Name)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// describe checks a cell, commits it when it is right, and puts into words what
// the check found.
func describe(s *Scope, name, src string) string {
	var b strings.Builder
	syn, err := Parse(name, src)
	var c *Cell
	if err == nil {
		c, err = s.Check(syn)
	}
	if err != nil {
		return err.Error() + "\n"
	}
	for _, a := range c.Added {
		fmt.Fprintf(&b, "import %s\n", a.Path)
	}
	for _, d := range c.Defs {
		if d.Decl == nil {
			continue
		}
		fmt.Fprintf(&b, "%s %s", d.Kind, d.Name)
		switch d.Kind {
		case Import:
		case Type:
			fmt.Fprintf(&b, " %s", types.TypeString(d.Obj.Type().Underlying(), qualifier))
		default:
			fmt.Fprintf(&b, " %s", types.TypeString(d.Obj.Type(), qualifier))
		}
		b.WriteByte('\n')
	}
	for i, st := range c.Steps {
		var vars []string
		for _, v := range st.Vars {
			vars = append(vars, v.Name())
		}
		if st.Kind != Statement || st.DropsError {
			fmt.Fprintf(&b, "step %d: %s", i, strings.Join(vars, ", "))
			if st.DropsError {
				b.WriteString("drops its error")
			}
			b.WriteByte('\n')
		}
	}
	if c.Value != nil {
		fmt.Fprintf(&b, "value %s\n", types.TypeString(c.ValueType, qualifier))
	}
	for _, r := range c.Redefined {
		same := "of another type"
		if r.SameType {
			same = "of the same type"
		}
		fmt.Fprintf(&b, "redefines %s of %s, %s\n", r.Old.Name, r.Old.Cell.Name, same)
	}
	for _, d := range c.Rebound {
		fmt.Fprintf(&b, "rebinds %s of %s", d.Def.Name, d.Def.Cell.Name)
		if d.From > 0 {
			fmt.Fprintf(&b, " from step %d on", d.From)
		}
		b.WriteByte('\n')
	}
	for _, x := range c.Stale {
		fmt.Fprintf(&b, "%s\n", x)
	}
	s.Commit(c)
	if b.Len() == 0 {
		return "ok\n"
	}
	return b.String()
}
