package rt

import (
	"cmp"
	"reflect"
	"slices"
)

type entry struct{ key, value reflect.Value }

// sortedEntries are the entries of a map in the order in which fmt prints them.
func sortedEntries(m reflect.Value, key *Type) []entry {
	es := make([]entry, 0, m.Len())
	for it := m.MapRange(); it.Next(); {
		es = append(es, entry{it.Key(), it.Value()})
	}
	slices.SortStableFunc(es, func(a, b entry) int { return compareKeys(a.key, b.key, key) })
	return es
}

func compareKeys(a, b reflect.Value, t *Type) int {
	if t.Kind() == reflect.Interface {
		return compareIfaces(a, b)
	}
	a, b = settle(a, t), settle(b, t)
	switch k := t.Kind(); k {
	case reflect.Bool:
		return cmp.Compare(bit(a.Bool()), bit(b.Bool()))
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Complex64, reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Struct:
		for i, f := range t.Fields() {
			if c := compareKeys(a.Field(i), b.Field(i), f.T); c != 0 {
				return c
			}
		}
	case reflect.Array:
		for i := range t.Len() {
			if c := compareKeys(a.Index(i), b.Index(i), t.Elem()); c != 0 {
				return c
			}
		}
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		return cmp.Compare(a.Pointer(), b.Pointer())
	default:
		if k <= reflect.Int64 {
			return cmp.Compare(a.Int(), b.Int())
		}
		return cmp.Compare(a.Uint(), b.Uint())
	}
	return 0
}

// compareIfaces orders nil first, then by type, then by value. Among types Go takes
// the address of the type's descriptor; here it is the order in which they were made.
func compareIfaces(a, b reflect.Value) int {
	if a.IsNil() || b.IsNil() {
		return cmp.Compare(bit(!a.IsNil()), bit(!b.IsNil()))
	}
	x, tx := dynamic(a.Elem())
	y, ty := dynamic(b.Elem())
	if tx != ty {
		return cmp.Compare(tx.id, ty.id)
	}
	return compareKeys(x, y, tx)
}

// dynamic is the value in an interface and its type.
func dynamic(v reflect.Value) (reflect.Value, *Type) {
	if bv, bt, ok := unboxValue(v); ok {
		return bv, bt
	}
	return v, OfR(v.Type())
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
