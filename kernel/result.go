package kernel

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/rt"
)

var errNoInput = io.EOF

// Result is what a cell gave.
type Result struct {
	Count int           // of the execution, from 1; 0 for a silent one
	Value lang.Value    // of the last expression; HasValue is false when there is none
	Shown Bundle        // the value as a Frontend shows it; nil when there is none
	Took  time.Duration // wall time, waiting for earlier cells not included
}

// render makes the bundle of a cell's value. A value says itself how it looks by MIMEBundle() map[string]any; images
// become PNG; structs, lists, maps and errors get a table; everything has a text.
func (s *Session) render(v lang.Value) Bundle {
	if !v.HasValue {
		return nil
	}
	b := Bundle{}
	if _, ok := v.V.([]any); !ok || !strings.HasPrefix(v.Type, "(") { // several results have their text alone
		b = s.rich(v.V)
	}
	if _, ok := b[TextPlain].(string); !ok {
		b[TextPlain] = v.Text
	}
	return b
}

// Show returns the bundle of a value: its forms, or its text.
func (s *Session) Show(v any) Bundle {
	b := s.rich(v)
	if _, ok := b[TextPlain].(string); !ok {
		b[TextPlain] = rt.Text(v, textLimit)
	}
	return b
}

// RenderBy adds a function that makes forms of values which are not Go's own and have no method for it; it returns
// nil for all others. It is called before the session's first cell.
func (s *Session) RenderBy(f func(v any) map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renderers = append(s.renderers, f)
}

// rich returns the forms that a value has beside its text: its own, those of a renderer, or a table.
func (s *Session) rich(v any) (b Bundle) {
	if b = Rich(v); b != nil {
		return b
	}
	defer func() {
		if r := recover(); r != nil {
			b = Bundle{TextPlain: fmt.Sprintf("(%T cannot be shown: %v)", v, r)}
		}
	}()
	s.mu.Lock()
	renderers := s.renderers
	s.mu.Unlock()
	for _, f := range renderers {
		if b := f(v); b != nil {
			return b
		}
	}
	b = Bundle{}
	if page := rt.HTML(v); page != "" {
		b[TextHTML] = page
	}
	return b
}

// textLimit is how many characters of a value its text shows at most.
const textLimit = 10_000

// Rich returns the forms of a value that has some beside its text, nil otherwise: a value with a method
// MIMEBundle() map[string]any, or an image.Image. A method that panics is told in the text.
func Rich(v any) (b Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = Bundle{TextPlain: fmt.Sprintf("(%T: MIMEBundle panicked: %v)", v, r)}
		}
	}()
	switch v := v.(type) {
	case nil:
		return nil
	case interface{ MIMEBundle() map[string]any }:
		if isNil(v) {
			return nil
		}
		b = Bundle{}
		for mime, form := range v.MIMEBundle() {
			b[mime] = form
		}
		if _, ok := b[TextPlain].(string); !ok {
			b[TextPlain] = fmt.Sprint(v)
		}
		return b
	case image.Image:
		if isNil(v) || v.Bounds().Empty() {
			return nil
		}
		var buf bytes.Buffer
		if err := png.Encode(&buf, v); err != nil {
			return nil // too large for PNG: its text remains
		}
		size := v.Bounds().Size()
		return Bundle{ImagePNG: buf.Bytes(), TextPlain: fmt.Sprintf("%T %d×%d", v, size.X, size.Y)}
	}
	return nil
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.Interface:
		return r.IsNil()
	}
	return false
}
