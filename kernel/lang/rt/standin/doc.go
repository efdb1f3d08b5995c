// Package standin has functions that lowered code calls in place of functions of
// the standard library that look at what an any holds: errors.As, json.Marshal,
// log.Printf and their like. A stand-in has the signature of the original, takes a
// method's receiver first, and gives boxes the treatment that the original gives
// compiled values; everything else it hands on.
//
//	f, ok := standin.Func("encoding/json.Marshal")
//	reason, refused := standin.Refused("encoding/gob.(*Encoder).Encode")
//
// Names are those of types.Func.FullName. What no stand-in can make right, because
// it would need types that package reflect cannot make, is refused by name.
package standin
