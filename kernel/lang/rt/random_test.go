package rt

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// maker makes random values of random types, built from the types of the other tests.
type maker struct{ *rand.Rand }

var leaves = []reflect.Type{typeFor[Color](), typeFor[Plain](), typeFor[Word](), typeFor[Str](), typeFor[Note](), typeFor[Ratio](), typeFor[Small](), typeFor[Cplx](), typeFor[Flagg](), typeFor[Raw](), typeFor[Bits](),
	typeFor[Letter](), typeFor[Code](), typeFor[Temp](), typeFor[Secret](), typeFor[Boom](), typeFor[Colors](), typeFor[Shape](), typeFor[Wrapped](), typeFor[Both](), typeFor[PanicErr](), typeFor[Goer](), typeFor[Empty](), typeFor[Point](),
	typeFor[Inner](), typeFor[Tagged](), typeFor[Level](), typeFor[Hex](), typeFor[PText](), typeFor[PJSON](), typeFor[Zero](), typeFor[IDs](), typeFor[Base](), typeFor[hidden](), typeFor[Mixin](), typeFor[Pair[Color, any]](),
	typeFor[Tree](), typeFor[Nest](), typeFor[Rec](), typeFor[Node](), typeFor[int](), typeFor[string](), typeFor[float64](), typeFor[bool](), typeFor[time.Duration](), typeFor[any](), typeFor[error](), typeFor[fmt.Stringer](), typeFor[Namer](), typeFor[[]byte](), typeFor[uint8]()}

func (m maker) typ(depth int) reflect.Type {
	if depth == 0 || m.IntN(4) == 0 {
		return leaves[m.IntN(len(leaves))]
	}
	switch m.IntN(6) {
	case 0:
		return reflect.PointerTo(m.typ(depth - 1))
	case 1:
		return reflect.ArrayOf(m.IntN(3), m.typ(depth-1))
	case 2:
		k := m.typ(depth - 1)
		for !mapKey(k) {
			k = m.typ(0)
		}
		return reflect.MapOf(k, m.typ(depth-1))
	case 3:
		var fs []reflect.StructField
		for i := range 1 + m.IntN(3) {
			f := reflect.StructField{Name: string(rune('A' + i)), Type: m.typ(depth - 1)}
			switch m.IntN(4) {
			case 0:
				f.Tag = reflect.StructTag(fmt.Sprintf(`json:"n%d,omitempty"`, i))
			case 1:
				f.Tag = `json:",string"`
			}
			fs = append(fs, f)
		}
		return reflect.StructOf(fs)
	}
	return reflect.SliceOf(m.typ(depth - 1))
}

// mapKey reports whether values of r can be keys whose order in print is defined.
func mapKey(r reflect.Type) bool {
	switch r.Kind() {
	case reflect.Interface, reflect.Pointer:
		return false
	case reflect.Array:
		return mapKey(r.Elem())
	case reflect.Struct:
		for i := range r.NumField() {
			if !mapKey(r.Field(i).Type) {
				return false
			}
		}
	}
	return r.Comparable()
}

func (m maker) value(r reflect.Type, depth int) reflect.Value {
	v := reflect.New(r).Elem()
	switch r.Kind() {
	case reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(m.IntN(3)))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(uint64(60 + m.IntN(60)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, 1.5, -2, 1e21, 0.1, math.MaxFloat32}[m.IntN(6)])
	case reflect.Complex128:
		v.SetComplex(complex(float64(m.IntN(3)), -1))
	case reflect.String:
		v.SetString([]string{"", "a", "<b>&", "é\n\"q"}[m.IntN(4)])
	case reflect.Interface:
		if depth <= 0 || m.IntN(3) == 0 {
			break
		}
		for range 30 {
			if t := m.typ(depth - 1); t.Kind() != reflect.Interface && t.Implements(r) {
				v.Set(m.value(t, depth-1))
				break
			}
		}
	case reflect.Pointer:
		if depth > 0 && m.IntN(4) > 0 {
			v.Set(reflect.New(r.Elem()))
			v.Elem().Set(m.value(r.Elem(), depth-1))
		}
	case reflect.Slice:
		if m.IntN(5) > 0 && depth > 0 {
			n := m.IntN(3)
			v.Set(reflect.MakeSlice(r, n, n))
			for i := range n {
				v.Index(i).Set(m.value(r.Elem(), depth-1))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(m.value(r.Elem(), depth-1))
		}
	case reflect.Map:
		if m.IntN(5) > 0 && depth > 0 {
			v.Set(reflect.MakeMap(r))
			for range m.IntN(4) {
				v.SetMapIndex(m.value(r.Key(), depth-1), m.value(r.Elem(), depth-1))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Set(m.value(f.Type(), depth-1))
		}
	}
	return v
}

// marshal is json.Marshal with a panic as its error.
func marshal(x any) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return json.Marshal(x)
}

// compareRandom checks printing, equality and JSON of a random value.
func compareRandom(t *testing.T, seed uint64) {
	m := maker{rand.New(rand.NewPCG(seed, 1))}
	r := m.typ(3)
	if r.Kind() == reflect.Interface {
		return
	}
	x := m.value(r, 4).Interface()
	y := m.value(r, 4).Interface()
	w := newTwins()
	bx, by := w.box(x), w.box(y)
	for range 12 {
		f := formats[m.IntN(len(formats))]
		want, got := addressRE.ReplaceAllString(fmt.Sprintf(f, x), "#"), addressRE.ReplaceAllString(Sprintf(f, bx), "#")
		if got != want {
			t.Errorf("seed %d: Sprintf(%q, %T)\n got %s\nwant %s", seed, f, x, got, want)
		}
	}
	if got, want := DeepEqual(bx, by), reflect.DeepEqual(x, y); got != want {
		t.Errorf("seed %d: DeepEqual(%#v, %#v) = %v, want %v", seed, x, y, got, want)
	}
	if mapKey(r) {
		if got, want := Eq(bx, by), x == y; got != want {
			t.Errorf("seed %d: Eq(%#v, %#v) = %v, want %v", seed, x, y, got, want)
		}
	}
	wj, wantErr := marshal(x)
	gj, gotErr := marshal(bx)
	if string(wj) != string(gj) || fmt.Sprint(wantErr) != fmt.Sprint(PlainJSONError(gotErr)) {
		t.Errorf("seed %d: Marshal(%#v)\n got %s, %v\nwant %s, %v", seed, x, gj, PlainJSONError(gotErr), wj, wantErr)
		return
	}
	if wantErr != nil {
		return
	}
	p := reflect.New(r)
	bp := w.box(p.Interface())
	wantErr, gotErr = json.Unmarshal(wj, p.Interface()), UnmarshalJSON(wj, bp, JSONOptions{})
	if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) {
		t.Errorf("seed %d: Unmarshal(%s, %T): got %v, want %v", seed, wj, p.Interface(), gotErr, wantErr)
	}
	again, _ := marshal(p.Interface())
	if b, _ := marshal(bp); string(b) != string(again) {
		t.Errorf("seed %d: Unmarshal(%s, %T)\n got %s\nwant %s", seed, wj, p.Interface(), b, again)
	}
}

func TestRandomValuesAsCompiled(t *testing.T) {
	for seed := range uint64(1500) {
		compareRandom(t, seed)
		if t.Failed() && seed > 200 {
			return
		}
	}
}

// FuzzRandomValues goes on where the test stops.
func FuzzRandomValues(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(compareRandom)
}
