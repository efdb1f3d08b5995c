package lang

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// reserved is how many globals the interpreter's table has room for at the start. A cell takes some ten to a hundred.
const reserved = 1 << 16

// globals is the interpreter's table of globals: the variables of cells, and what their statements use meanwhile.
// The interpreter itself would replace the table whenever a cell needs more, while goroutines of earlier cells read
// it without a lock. So the table is made with room, and new globals are put where nobody has been yet.
type globals struct {
	table *[]reflect.Value
	types *[]reflect.Type // of all globals that the interpreter knows
	used  int
	root  reflect.Value // the interpreter's global frame: a field that points to it
	real  reflect.Value // what it points to between evaluations
	idle  func() bool   // no goroutine of the session runs lowered code
}

// globalsOf makes room in the table of in.
func globalsOf(in *interp.Interpreter, idle func() bool) (*globals, error) {
	g := &globals{idle: idle}
	v := reflect.ValueOf(in).Elem()
	if err := g.find("frame.data", v.FieldByName("frame"), "data", &g.table); err != nil {
		return nil, err
	}
	if err := g.find("universe.types", v.FieldByName("universe"), "types", &g.types); err != nil {
		return nil, err
	}
	g.root = reflect.NewAt(v.FieldByName("frame").Type(), unsafe.Pointer(v.FieldByName("frame").UnsafeAddr())).Elem()
	g.real = reflect.ValueOf(g.root.Interface())
	g.used = len(*g.table)
	g.grow(reserved)
	return g, nil
}

// find sets *to to the address of the slice in the field of what ptr points to.
func (g *globals) find(name string, ptr reflect.Value, field string, to any) error {
	dst := reflect.ValueOf(to).Elem() // a pointer to a slice
	if ptr.Kind() == reflect.Pointer && !ptr.IsNil() && ptr.Elem().Kind() == reflect.Struct {
		if f := ptr.Elem().FieldByName(field); f.IsValid() && f.Type() == dst.Type().Elem() {
			dst.Set(reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())))
			return nil
		}
	}
	return fmt.Errorf("lang: this version of the interpreter has no %s of type %s", name, dst.Type().Elem())
}

// evaluating gives an evaluation a global frame of its own, over the same table: the interpreter writes to the frame it
// evaluates in, while running functions read the one that they were made in.
func (g *globals) evaluating() (done func(), err error) {
	fresh := reflect.New(g.real.Type().Elem())
	var data *[]reflect.Value
	if err := g.find("frame.data", fresh, "data", &data); err != nil {
		return nil, err
	}
	*data = *g.table
	root := fresh.Elem().FieldByName("root")
	if root.Type() != g.real.Type() {
		return nil, fmt.Errorf("lang: this version of the interpreter has no frame.root of type %s", g.real.Type())
	}
	reflect.NewAt(root.Type(), unsafe.Pointer(root.UnsafeAddr())).Elem().Set(g.real)
	g.root.Set(fresh)
	return func() { g.root.Set(g.real) }, nil
}

func (g *globals) grow(n int) {
	t := make([]reflect.Value, n)
	copy(t, *g.table)
	*g.table = t
}

// add puts the globals of what was just compiled into the table.
func (g *globals) add() error {
	n := len(*g.types)
	if n > len(*g.table) {
		if !g.idle() {
			return fmt.Errorf("the session's table of %d globals is full and cannot grow while goroutines of its cells run: let them end, and run the cell again", len(*g.table))
		}
		g.grow(2 * n)
	}
	for ; g.used < n; g.used++ {
		(*g.table)[g.used] = reflect.New((*g.types)[g.used]).Elem()
	}
	return nil
}
