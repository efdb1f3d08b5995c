package standin

import (
	"encoding/gob"
	"encoding/xml"
	"fmt"
	htmltemplate "html/template"
	"io"
	"text/template"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// A value of a cell's type is refused before the program runs where the argument's
// type says what it is; inside an any it shows only here, and is an error.
var _ = add(map[string]any{
	"(*text/template.Template).Execute": func(t *template.Template, w io.Writer, data any) error {
		return guard("(*text/template.Template).Execute", data, func() error { return t.Execute(w, data) })
	},
	"(*text/template.Template).ExecuteTemplate": func(t *template.Template, w io.Writer, name string, data any) error {
		return guard("(*text/template.Template).ExecuteTemplate", data, func() error { return t.ExecuteTemplate(w, name, data) })
	},
	"(*html/template.Template).Execute": func(t *htmltemplate.Template, w io.Writer, data any) error {
		return guard("(*html/template.Template).Execute", data, func() error { return t.Execute(w, data) })
	},
	"(*html/template.Template).ExecuteTemplate": func(t *htmltemplate.Template, w io.Writer, name string, data any) error {
		return guard("(*html/template.Template).ExecuteTemplate", data, func() error { return t.ExecuteTemplate(w, name, data) })
	},
	"encoding/xml.Marshal": func(x any) (out []byte, err error) {
		err = guard("encoding/xml.Marshal", x, func() error { out, err = xml.Marshal(x); return err })
		return out, err
	},
	"encoding/xml.MarshalIndent": func(x any, prefix, indent string) (out []byte, err error) {
		err = guard("encoding/xml.MarshalIndent", x, func() error { out, err = xml.MarshalIndent(x, prefix, indent); return err })
		return out, err
	},
	"(*encoding/xml.Encoder).Encode": func(e *xml.Encoder, x any) error {
		return guard("(*encoding/xml.Encoder).Encode", x, func() error { return e.Encode(x) })
	},
	"(*encoding/gob.Encoder).Encode": func(e *gob.Encoder, x any) error {
		return guard("(*encoding/gob.Encoder).Encode", x, func() error { return e.Encode(x) })
	},
	"encoding/xml.Unmarshal": func(data []byte, x any) error {
		return guard("encoding/xml.Unmarshal", x, func() error { return xml.Unmarshal(data, x) })
	},
	"(*encoding/xml.Decoder).Decode": func(d *xml.Decoder, x any) error {
		return guard("(*encoding/xml.Decoder).Decode", x, func() error { return d.Decode(x) })
	},
	"(*encoding/gob.Decoder).Decode": func(d *gob.Decoder, x any) error {
		return guard("(*encoding/gob.Decoder).Decode", x, func() error { return d.Decode(x) })
	},
})

// guard calls f unless x is or holds a value of a type that a cell defines.
func guard(name string, x any, f func() error) error {
	if t := rt.FindBox(x); t != nil {
		return fmt.Errorf("%s: a value of type %s: %s", name, t, refused[name])
	}
	return f()
}
