package lang

import (
	"reflect"
	"strings"
	"testing"

	"github.com/traefik/yaegi/interp"
)

// TestGlobals: the table grows on its own only while nothing runs, and what lies in it stays where it is.
func TestGlobals(t *testing.T) {
	in := interp.New(interp.Options{})
	idle := false
	g, err := globalsOf(in, func() bool { return idle })
	if err != nil {
		t.Fatal(err)
	}
	m := &yaegi{in: in, globals: g}
	if _, err := m.eval("x := 1"); err != nil {
		t.Fatal(err)
	}
	p, err := m.eval("&x")
	if err != nil {
		t.Fatal(err)
	}
	room := len(*g.table)
	*g.table = (*g.table)[:g.used] // full
	if _, err := m.eval("y := 2"); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("while goroutines run: %v", err)
	}
	idle = true
	if _, err := m.eval("z := 3\nx = z + 1"); err != nil {
		t.Fatal(err)
	}
	if got := *p.Interface().(*int); got != 4 {
		t.Errorf("x = %d behind its address, want 4", got)
	}
	if len(*g.table) == room || reflect.ValueOf(*g.table).Len() < g.used {
		t.Errorf("%d of %d used", g.used, len(*g.table))
	}
}
