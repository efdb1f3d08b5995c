package rt

import "reflect"

// MapRange is a range over a map whose values are channels.
type MapRange struct{ it *reflect.MapIter }

// RangeMap begins a range over the map m.
func RangeMap(m any) MapRange { return MapRange{reflect.ValueOf(m).MapRange()} }

// Next steps to the next entry and reports whether there is one.
func (r MapRange) Next() bool { return r.it.Next() }

// Read stores the entry's key and value where two pointers point to.
func (r MapRange) Read(key, value any) {
	reflect.ValueOf(key).Elem().Set(r.it.Key())
	reflect.ValueOf(value).Elem().Set(r.it.Value())
}
