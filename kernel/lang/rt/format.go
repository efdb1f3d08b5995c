package rt

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fmt handles %T and %p, and a %w that does not fit, before it asks a Formatter.
// For a box these verbs are replaced by private ones.
const (
	typeVerb    = '\U000F5454' // %T
	pointerVerb = '\U000F5450' // %p
	wrapVerb    = '\U000F5457' // %w of what is no error
)

// Fprintf and the other functions named as in package fmt print boxes, also boxes
// inside compiled values, as fmt prints the compiled types.

// Fprintf is fmt.Fprintf.
func Fprintf(w io.Writer, format string, a ...any) (int, error) {
	format, a = rewrite(format, a, false)
	return fmt.Fprintf(w, format, a...)
}

// Fprint is fmt.Fprint.
func Fprint(w io.Writer, a ...any) (int, error) { return io.WriteString(w, Sprint(a...)) }

// Fprintln is fmt.Fprintln.
func Fprintln(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(w, wrap(a, false)...) }

// Sprintf is fmt.Sprintf.
func Sprintf(format string, a ...any) string {
	format, a = rewrite(format, a, false)
	return fmt.Sprintf(format, a...)
}

// Sprint is fmt.Sprint.
func Sprint(a ...any) string {
	var b strings.Builder
	prevString := false
	for i, x := range wrap(a, false) {
		isString := x != nil && kindOf(x) == reflect.String
		if i > 0 && !isString && !prevString {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, x)
		prevString = isString
	}
	return b.String()
}

// Sprintln is fmt.Sprintln.
func Sprintln(a ...any) string { return fmt.Sprintln(wrap(a, false)...) }

// Appendf is fmt.Appendf.
func Appendf(b []byte, format string, a ...any) []byte {
	format, a = rewrite(format, a, false)
	return fmt.Appendf(b, format, a...)
}

// Append is fmt.Append.
func Append(b []byte, a ...any) []byte { return append(b, Sprint(a...)...) }

// Appendln is fmt.Appendln.
func Appendln(b []byte, a ...any) []byte { return fmt.Appendln(b, wrap(a, false)...) }

// Errorf is fmt.Errorf.
func Errorf(format string, a ...any) error {
	format, a = rewrite(format, a, true)
	return fmt.Errorf(format, a...)
}

// kindOf is the kind of the value in x.
func kindOf(x any) reflect.Kind {
	if b := B(x); b.T != nil {
		return b.T.Kind()
	}
	return reflect.TypeOf(x).Kind()
}

// wrap boxes the compiled operands that may hold boxes deep inside, since only the
// printer knows how deep it is: an address, or the struct behind it?
func wrap(a []any, keepErrors bool) []any {
	var out []any
	for i, x := range a {
		if _, isErr := x.(error); isErr && keepErrors {
			continue // for %w
		}
		if w, changed := wrapOne(x); changed {
			if out == nil {
				out = append([]any(nil), a...)
			}
			out[i] = w
		}
	}
	if out == nil {
		return a
	}
	return out
}

func wrapOne(x any) (any, bool) {
	switch x := x.(type) {
	case nil, string, int, float64, bool, Box, StrBox, ErrBox, ErrStrBox, reflect.Value:
		return x, false
	case Boxed:
		return Norm(x), true
	case runtimeError:
		return x.box(), true
	}
	r := reflect.TypeOf(x)
	if !holdsInterface(r) {
		return x, false
	}
	return Box{OfR(r), x}, true
}

// rewrite prepares a format and its operands: %T, %p and a wrong %w of a box, and
// operands without a verb, which fmt would print with the type of the box.
func rewrite(format string, a []any, wraps bool) (string, []any) {
	a = wrap(a, wraps)
	boxes := false
	for _, x := range a {
		if _, ok := x.(Boxed); ok {
			boxes = true
			break
		}
	}
	if !boxes {
		return format, a
	}
	var out strings.Builder
	var extra []any
	d := directives{format: format, nargs: len(a), cut: -1}
	last := 0
	for d.next() {
		for _, i := range d.stars {
			a = plainInt(a, i)
		}
		if d.arg >= len(a) || d.arg < 0 {
			continue
		}
		b, ok := a[d.arg].(Boxed)
		if !ok {
			continue
		}
		verb := rune(0)
		switch d.verb {
		case 'T':
			verb = typeVerb
		case 'p':
			verb = pointerVerb
		case 'w':
			if _, isErr := b.(error); !isErr || !wraps {
				verb = wrapVerb
			}
		}
		if verb != 0 {
			out.WriteString(format[last:d.verbAt])
			out.WriteRune(verb)
			last = d.verbAt + 1
		}
	}
	if d.cut < 0 {
		out.WriteString(format[last:])
	} else {
		out.WriteString(format[last:d.cut] + "%%!(NOVERB)")
	}
	if !d.reordered && d.argNum < len(a) {
		a, extra = a[:d.argNum:d.argNum], a[d.argNum:]
		out.WriteString("%!(EXTRA ")
		for i, x := range extra {
			if i > 0 {
				out.WriteString(", ")
			}
			text := "<nil>"
			if x != nil {
				text = TypeOf(x).name + "=" + fmt.Sprint(x)
			}
			out.WriteString(strings.ReplaceAll(text, "%", "%%"))
		}
		return fixExtra(out.String()), a
	}
	if d.cut >= 0 {
		a = a[:min(d.argNum, len(a))]
	}
	return out.String(), a
}

// plainInt replaces a boxed integer that is a width or a precision.
func plainInt(a []any, i int) []any {
	b, ok := a[i].(Boxed)
	if !ok {
		return a
	}
	if k := b.Unbox().T.Kind(); k < reflect.Int || k > reflect.Uintptr {
		return a
	}
	a = append([]any(nil), a...)
	a[i] = b.Unbox().V
	return a
}

// fixExtra escapes the percent sign of the text "%!(EXTRA", which ends a format.
func fixExtra(format string) string {
	i := strings.LastIndex(format, "%!(EXTRA ")
	return format[:i] + "%" + format[i:] + ")"
}

// directives walks over the directives of a format as fmt does, and says which
// operand each one prints.
type directives struct {
	format string
	nargs  int

	i         int // position
	cut       int // where a directive without verb starts, -1 for none
	argNum    int // next operand
	reordered bool
	good      bool

	verb   rune
	verbAt int
	arg    int   // operand of the directive, -1 for none
	stars  []int // operands that are its width and precision
}

func (d *directives) next() bool {
	f := d.format
	for d.i < len(f) && f[d.i] != '%' {
		d.i++
	}
	if d.i >= len(f) {
		return false
	}
	start := d.i
	d.i++
	d.good, d.stars = true, d.stars[:0]
	for d.i < len(f) && strings.IndexByte("#0+- ", f[d.i]) >= 0 {
		d.i++
	}
	indexed := d.index()
	if d.at('*') {
		d.star()
		indexed = false
	} else if d.number() && indexed {
		d.good = false
	}
	if d.i+1 < len(f) && f[d.i] == '.' {
		d.i++
		if indexed {
			d.good = false
		}
		indexed = d.index()
		if d.at('*') {
			d.star()
			indexed = false
		} else {
			d.number()
		}
	}
	if !indexed {
		d.index()
	}
	if d.i >= len(f) {
		d.cut = start
		return false
	}
	verb, size := utf8.DecodeRuneInString(f[d.i:])
	d.verb, d.verbAt, d.arg = verb, d.i, -1
	d.i += size
	if verb != '%' && d.good && d.argNum < d.nargs {
		d.arg = d.argNum
		d.argNum++
	}
	return true
}

func (d *directives) at(c byte) bool { return d.i < len(d.format) && d.format[d.i] == c }

func (d *directives) star() {
	d.i++
	if d.argNum < d.nargs {
		d.stars = append(d.stars, d.argNum)
		d.argNum++
	}
}

func (d *directives) number() bool {
	start := d.i
	for d.i < len(d.format) && '0' <= d.format[d.i] && d.format[d.i] <= '9' {
		d.i++
	}
	return d.i > start
}

// index reads an operand index such as [3].
func (d *directives) index() bool {
	if !d.at('[') {
		return false
	}
	d.reordered = true
	end := strings.IndexByte(d.format[d.i:], ']')
	if end < 0 {
		d.i++
		d.good = false
		return false
	}
	n, err := strconv.Atoi(d.format[d.i+1 : d.i+end])
	d.i += end + 1
	if err != nil {
		d.good = false
		return false
	}
	if n < 1 || n > d.nargs {
		d.good = false
		return true
	}
	d.argNum = n - 1
	return true
}
