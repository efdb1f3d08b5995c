package check

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"
)

func TestForget(t *testing.T) {
	s := session(t, "type T struct{}\nfunc (t T) M() {}\nfunc f(t T) {}\nx := 1")
	if got := s.Forget("T", "nosuch", "x"); !slices.Equal(got, []string{"nosuch"}) {
		t.Errorf("Forget says %q is not defined", got)
	}
	var names []string
	for _, d := range s.Defs() {
		names = append(names, d.Name)
	}
	if got := strings.Join(names, " "); got != "f" {
		t.Errorf("%s remain, want f", got)
	}
}

// TestLatest follows an object through redefinitions of the same type.
func TestLatest(t *testing.T) {
	s := session(t, "func f() int { return 1 }\nfunc g() int { return f() }")
	f := s.Lookup("f").Obj
	c := checkCell(t, s, "func f() int { return 2 }")
	if got := c.Latest(f); got != c.Defs[0].Obj {
		t.Errorf("before the commit, the cell's f is %v", got)
	}
	if got := s.Latest(f); got != f {
		t.Errorf("before the commit, the session's f is %v", got)
	}
	s.Commit(c)
	c = checkCell(t, s, "func f() int { return 3 }")
	s.Commit(c)
	if got := s.Latest(f); got != c.Defs[0].Obj {
		t.Errorf("f is %v, want the third", got)
	}
	c = checkCell(t, s, "func f() string { return \"\" }")
	s.Commit(c)
	if got := s.Latest(f); got == c.Defs[0].Obj {
		t.Error("the f of another type took the place of f")
	}
}

// TestInfo holds that every identifier of a cell has its object, whatever detours the
// check took.
func TestInfo(t *testing.T) {
	s := session(t, "type P struct{ x, y int }\nfunc (p P) Get() int { return p.x }\nkey := 1\nvar e error")
	for _, src := range []string{
		"type P struct{ x, y int }\nfunc (p P) Get() int { return p.y }\nP{1, 2}.Get()",
		"func (p *P) Put(x int, _ string) { p.x = x }\nq := &P{1, 2}\nq.Put(3, \"\")\nlen := len(\"a\")\nlen + key",
		"key := key + 1\nm := map[int]P{key: {1, 2}}\nv, ok := m[key]\nw, ok := m[2]\n_, _ = v, w\nok",
		"fmt := fmt.Sprint(key)\nfmt",
		"func (P) Blank(int) {}\nfor i := range 3 { func() { println(i) }() }",
	} {
		c := checkCell(t, s, src)
		b := &builder{syn: c.syntax}
		b.eachNode(func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || id.Name == "_" || id.Name == "main" {
				return true
			}
			if strings.Contains(id.Name, mark) {
				t.Errorf("%q: an identifier is called %s", src, id.Name)
			}
			obj := c.Info.Uses[id]
			if obj == nil {
				obj = c.Info.Defs[id]
			}
			if obj == nil {
				t.Errorf("%q: %s means nothing", src, id.Name)
				return true
			}
			if obj.Name() != id.Name {
				t.Errorf("%q: %s means %v", src, id.Name, obj)
			}
			return true
		})
		for id := range c.Info.Defs {
			if id.Name == "_" && !strings.Contains(src, "_") {
				t.Errorf("%q: a blank identifier that nobody wrote is left in Info", src)
			}
		}
		for _, st := range c.Steps {
			for _, v := range st.Vars {
				if v.Parent() != c.Pkg.Scope() || v.Pkg() != c.Pkg {
					t.Errorf("%q: %s is not a package variable of the cell", src, v.Name())
				}
			}
		}
		if c.Value != nil {
			if tv := c.Info.Types[c.Value]; tv.Type == nil || !types.Identical(types.Default(tv.Type), c.ValueType) {
				t.Errorf("%q: the value is of type %v, want %v", src, tv.Type, c.ValueType)
			}
		}
		s.Commit(c)
	}
}

// TestGhost: a method whose first cell failed after it had to be added is not there for
// later cells, and can be defined again.
func TestGhost(t *testing.T) {
	s := session(t, "type P struct{}\ntype Q struct{}\np := P{}")
	wrong, err := Parse("In[2]", "func (p P) M() int { return 1 }\np.M()\nQ{}.M()")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(wrong); err == nil || !strings.Contains(err.Error(), "Q{}.M undefined") {
		t.Errorf("the cell is wrong about Q: %v", err)
	}
	use, err := Parse("In[3]", "p.M()")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(use); err == nil {
		t.Error("p.M is accepted although no cell defined it")
	}
	s.Commit(checkCell(t, s, "func (p P) M() int { return 2 }"))
	checkCell(t, s, "p.M()")
}
