package standin

import (
	"encoding/json"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"encoding/json.Marshal":           MarshalJSON,
	"encoding/json.MarshalIndent":     MarshalJSONIndent,
	"encoding/json.Unmarshal":         UnmarshalJSON,
	"(*encoding/json.Encoder).Encode": EncodeJSON,
	"(*encoding/json.Decoder).Decode": DecodeJSON,
})

// MarshalJSON is json.Marshal.
func MarshalJSON(x any) ([]byte, error) {
	out, err := json.Marshal(rt.Norm(x))
	return out, rt.PlainJSONError(err)
}

// MarshalJSONIndent is json.MarshalIndent.
func MarshalJSONIndent(x any, prefix, indent string) ([]byte, error) {
	out, err := json.MarshalIndent(rt.Norm(x), prefix, indent)
	return out, rt.PlainJSONError(err)
}

// UnmarshalJSON is json.Unmarshal.
func UnmarshalJSON(data []byte, x any) error {
	return rt.UnmarshalJSON(data, x, rt.JSONOptions{})
}

// EncodeJSON is the method Encode of a json.Encoder.
func EncodeJSON(e *json.Encoder, x any) error {
	b := rt.B(x)
	if b.T == nil {
		return rt.PlainJSONError(e.Encode(x))
	}
	escape := reflect.ValueOf(e).Elem().FieldByName("escapeHTML")
	text, err := b.AppendJSON(nil, !escape.IsValid() || escape.Kind() != reflect.Bool || escape.Bool())
	if err != nil {
		return rt.PlainJSONError(err)
	}
	return e.Encode(json.RawMessage(text))
}

// DecodeJSON is the method Decode of a json.Decoder.
func DecodeJSON(d *json.Decoder, x any) error {
	if rt.B(x).T == nil {
		return d.Decode(x)
	}
	var text json.RawMessage
	if err := d.Decode(&text); err != nil {
		return err
	}
	return rt.UnmarshalJSON(text, x, optionsOf(d))
}

// optionsOf reads the settings of a decoder, which has no methods to ask for them.
func optionsOf(d *json.Decoder) rt.JSONOptions {
	state := reflect.ValueOf(d).Elem().FieldByName("d")
	on := func(name string) bool {
		f := state.FieldByName(name)
		return f.IsValid() && f.Kind() == reflect.Bool && f.Bool()
	}
	return rt.JSONOptions{UseNumber: on("useNumber"), DisallowUnknownFields: on("disallowUnknownFields")}
}
