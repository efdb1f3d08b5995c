package rt

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// jsonField is a field that package encoding/json would see in a struct.
type jsonField struct {
	name      string
	tagged    bool
	index     []int
	typ       *Type // of the field itself
	omitEmpty bool
	omitZero  bool
	quoted    bool
}

type jsonStruct struct {
	list   []jsonField
	exact  map[string]*jsonField
	folded map[string]*jsonField
}

var jsonStructs sync.Map // *Type → *jsonStruct

// jsonFieldsOf finds the fields of a struct type by the rules of encoding/json:
// those of embedded structs are promoted, the shallowest wins, then the tagged one.
func jsonFieldsOf(t *Type) *jsonStruct {
	if s, ok := jsonStructs.Load(t); ok {
		return s.(*jsonStruct)
	}
	var found []jsonField
	type level struct {
		t     *Type
		index []int
		twice bool
	}
	visited := map[*Type]bool{}
	for now := []level{{t: t}}; len(now) > 0; {
		var next []level
		at := map[*Type]int{}
		for _, l := range now {
			if visited[l.t] {
				continue
			}
			visited[l.t] = true
			for i, f := range l.t.Fields() {
				jf, deeper, ok := jsonFieldOf(f)
				if !ok {
					continue
				}
				index := append(slices.Clone(l.index), i)
				if deeper != nil {
					if n, again := at[deeper]; again {
						next[n].twice = true
						continue
					}
					at[deeper] = len(next)
					next = append(next, level{t: deeper, index: index})
					continue
				}
				jf.index = index
				found = append(found, jf)
				if l.twice { // two of one level cancel each other
					found = append(found, jf)
				}
			}
		}
		now = next
	}
	s, _ := jsonStructs.LoadOrStore(t, dominant(found))
	return s.(*jsonStruct)
}

// jsonFieldOf reads one field; deeper is the embedded struct to be searched instead.
func jsonFieldOf(f Field) (jf jsonField, deeper *Type, ok bool) {
	isExported := f.pkg == "" && f.Exported()
	if f.Emb {
		t := f.T
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if !isExported && t.Kind() != reflect.Struct {
			return jf, nil, false
		}
	} else if !isExported {
		return jf, nil, false
	}
	tag := reflect.StructTag(f.Tag).Get("json")
	if tag == "-" {
		return jf, nil, false
	}
	name, opts, _ := strings.Cut(tag, ",")
	if !validJSONName(name) {
		name = ""
	}
	ft := f.T
	if !ft.Named() && ft.Kind() == reflect.Pointer {
		ft = ft.Elem()
	}
	if name == "" && f.Emb && ft.Kind() == reflect.Struct {
		return jf, ft, true
	}
	jf = jsonField{name: cmp.Or(name, f.Name), tagged: name != "", typ: f.T}
	for _, o := range strings.Split(opts, ",") {
		switch o {
		case "omitempty":
			jf.omitEmpty = true
		case "omitzero":
			jf.omitZero = true
		case "string":
			k := ft.Kind()
			jf.quoted = reflect.Bool <= k && k <= reflect.Float64 || k == reflect.String
		}
	}
	return jf, nil, true
}

// dominant keeps, of the fields of one name, the one that wins, and their order.
func dominant(found []jsonField) *jsonStruct {
	byName := map[string][]jsonField{}
	for _, f := range found {
		byName[f.name] = append(byName[f.name], f)
	}
	s := &jsonStruct{exact: map[string]*jsonField{}, folded: map[string]*jsonField{}}
	for _, fs := range byName {
		slices.SortFunc(fs, func(a, b jsonField) int {
			return cmp.Or(cmp.Compare(len(a.index), len(b.index)), -cmp.Compare(bit(a.tagged), bit(b.tagged)), slices.Compare(a.index, b.index))
		})
		if len(fs) > 1 && len(fs[0].index) == len(fs[1].index) && fs[0].tagged == fs[1].tagged {
			continue
		}
		s.list = append(s.list, fs[0])
	}
	slices.SortFunc(s.list, func(a, b jsonField) int { return slices.Compare(a.index, b.index) })
	for i := range s.list {
		f := &s.list[i]
		s.exact[f.name] = f
		if fold := foldName(f.name); s.folded[fold] == nil {
			s.folded[fold] = f
		}
	}
	return s
}

func validJSONName(s string) bool {
	for _, c := range s {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return s != ""
}

// foldName maps names that differ in case alone to one string.
func foldName(s string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				if 'a' <= next && next <= 'z' {
					next -= 'a' - 'A'
				}
				return next
			}
			r = next
		}
	}, s)
}
