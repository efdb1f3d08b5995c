package rt

import "reflect"

// FindBox is the type of the first box that x is or holds, nil when it holds none.
// Fields that are not exported are not searched, nor what is behind a pointer twice.
func FindBox(x any) *Type {
	if b := B(x); b.T != nil {
		return b.T
	}
	if x == nil || !holdsInterface(reflect.TypeOf(x)) {
		return nil
	}
	return findBox(reflect.ValueOf(x), map[visit]bool{})
}

func findBox(v reflect.Value, seen map[visit]bool) *Type {
	if v.Kind() != reflect.Interface && !holdsInterface(v.Type()) {
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if _, t, ok := unboxValue(v.Elem()); ok {
			return t
		}
		return findBox(v.Elem(), seen)
	case reflect.Pointer:
		at := visit{a: v.UnsafePointer(), t: OfR(v.Type())}
		if v.IsNil() || seen[at] {
			return nil
		}
		seen[at] = true
		return findBox(v.Elem(), seen)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Len() > 0 {
			at := visit{a: v.UnsafePointer(), t: OfR(v.Type())}
			if seen[at] {
				return nil
			}
			seen[at] = true
		}
		for i := range v.Len() {
			if t := findBox(v.Index(i), seen); t != nil {
				return t
			}
		}
	case reflect.Map:
		at := visit{a: v.UnsafePointer(), t: OfR(v.Type())}
		if seen[at] {
			return nil
		}
		seen[at] = true
		for it := v.MapRange(); it.Next(); {
			if t := findBox(it.Key(), seen); t != nil {
				return t
			}
			if t := findBox(it.Value(), seen); t != nil {
				return t
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				if t := findBox(v.Field(i), seen); t != nil {
					return t
				}
			}
		}
	}
	return nil
}
