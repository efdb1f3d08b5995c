package rt

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is x as %v prints it, at most limit runes of it, an ellipsis included; what is
// cut is never formatted, so a value of any size is cheap.
func Text(x any, limit int) string {
	s := &cutState{limit: limit * utf8.UTFMax}
	switch x := x.(type) {
	case nil:
		return "<nil>"
	case reflect.Value:
		fmt.Fprint(s, x)
	default:
		v, t := dynamic(reflect.ValueOf(x))
		newPrinter(s, 'v').operand(v, t)
	}
	return cut(s.String(), limit, s.full())
}

// Short is Text on one line: a line break shows as \n.
func Short(x any, limit int) string {
	text := Text(x, limit)
	return cut(strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text), limit, false)
}

func cut(text string, limit int, more bool) string {
	if !more && utf8.RuneCountInString(text) <= limit {
		return text
	}
	runes := []rune(text)
	return string(runes[:max(min(limit, len(runes))-1, 0)]) + "…"
}

// cutState is a fmt.State without flags that takes no more than it needs.
type cutState struct {
	strings.Builder
	limit int
}

func (s *cutState) Width() (int, bool)     { return 0, false }
func (s *cutState) Precision() (int, bool) { return 0, false }
func (s *cutState) Flag(int) bool          { return false }
func (s *cutState) full() bool             { return s.Len() > s.limit }

func (s *cutState) Write(p []byte) (int, error) {
	if !s.full() {
		s.Builder.Write(p[:min(len(p), s.limit+utf8.UTFMax)])
	}
	return len(p), nil
}

// full reports whether the rest of the value need not be printed.
func (p *printer) full() bool {
	s, ok := p.s.(*cutState)
	return ok && s.full()
}

// Long is x laid out over lines of about width columns, as Go source would be, at
// most lines of them. Methods are called as %v calls them.
func Long(x any, width, lines int) string {
	if x == nil {
		return "nil"
	}
	v, t := dynamic(reflect.ValueOf(x))
	l := &layout{width: width, budget: 8 * lines, seen: map[visit]bool{}}
	out := l.node(v, t, true, 0).lines(width, "")
	if len(out) > lines {
		out = append(out[:max(lines-1, 0)], "…")
	}
	return strings.Join(out, "\n")
}

// layout turns a value into text that can be broken over lines.
type layout struct {
	width  int
	budget int // nodes still to be made
	seen   map[visit]bool
}

// maxDepth is how deep values are looked into: a list may hold itself.
const maxDepth = 48

// shownValue is a value as text: head alone, or head, parts and tail.
type shownValue struct {
	label, head, tail string
	parts             []*shownValue
}

func (l *layout) node(v reflect.Value, t *Type, can bool, depth int) *shownValue {
	l.budget--
	if depth > maxDepth {
		return &shownValue{head: "…"}
	}
	if t.Kind() == reflect.Interface {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if !v.IsValid() {
			return &shownValue{head: "nil"}
		}
		v, t = dynamic(v)
	}
	if text, ok := l.byMethod(v, t, can); ok {
		return &shownValue{head: text}
	}
	v = settle(v, t)
	switch t.Kind() {
	case reflect.Struct:
		n := &shownValue{head: t.name + "{", tail: "}"}
		for i, f := range t.Fields() {
			part := l.node(v.Field(i), f.T, can && f.Exported(), depth+1)
			part.label = f.Name + ": "
			n.parts = append(n.parts, part)
		}
		return n
	case reflect.Slice, reflect.Array:
		return l.list(v, t, can, depth)
	case reflect.Map:
		return l.entries(v, t, can, depth)
	case reflect.Pointer:
		return l.pointer(v, t, can, depth)
	case reflect.String:
		return &shownValue{head: strconv.Quote(v.String())}
	}
	s := &cutState{limit: 4 * l.width}
	newPrinter(s, 'v').value(v, t, depth, false)
	return &shownValue{head: s.String()}
}

func (l *layout) byMethod(v reflect.Value, t *Type, can bool) (string, bool) {
	s := &cutState{limit: 16 * l.width}
	p := newPrinter(s, 'v')
	if !can || !p.methods(unknot(v, t), t) {
		return "", false
	}
	return s.String(), true
}

func (l *layout) list(v reflect.Value, t *Type, can bool, depth int) *shownValue {
	if t.Kind() == reflect.Slice && v.IsNil() {
		return &shownValue{head: t.name + "(nil)"}
	}
	n := &shownValue{head: t.name + "{", tail: "}"}
	for i := range v.Len() {
		if l.budget <= 0 {
			n.parts = append(n.parts, &shownValue{head: fmt.Sprintf("… %d more", v.Len()-i)})
			break
		}
		n.parts = append(n.parts, l.node(v.Index(i), t.Elem(), can, depth+1))
	}
	return n
}

func (l *layout) entries(v reflect.Value, t *Type, can bool, depth int) *shownValue {
	if v.IsNil() {
		return &shownValue{head: t.name + "(nil)"}
	}
	n := &shownValue{head: t.name + "{", tail: "}"}
	for i, e := range sortedEntries(v, t.Key()) {
		if l.budget <= 0 {
			n.parts = append(n.parts, &shownValue{head: fmt.Sprintf("… %d more", v.Len()-i)})
			break
		}
		part := l.node(e.value, t.Elem(), can, depth+1)
		part.label = strings.Join(l.node(e.key, t.Key(), can, depth+1).lines(1<<20, ""), " ") + ": "
		n.parts = append(n.parts, part)
	}
	return n
}

// pointer follows pointers to structs, each once.
func (l *layout) pointer(v reflect.Value, t *Type, can bool, depth int) *shownValue {
	if v.IsNil() {
		return &shownValue{head: "nil"}
	}
	at := visit{a: v.UnsafePointer(), t: t}
	if v.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || l.seen[at] || l.budget <= 0 {
		return &shownValue{head: fmt.Sprintf("(%s)(%#x)", t.name, v.Pointer())}
	}
	l.seen[at] = true
	n := l.node(v.Elem(), t.Elem(), can, depth+1)
	n.head = "&" + n.head
	return n
}

// lines lays the node out: on one line if it fits, else a line for each part.
func (n *shownValue) lines(width int, indent string) []string {
	if one, ok := n.oneLine(width - len(indent)); ok {
		return strings.Split(indent+one, "\n")
	}
	out := []string{indent + n.label + n.head}
	for _, p := range n.parts {
		sub := p.lines(width, indent+"  ")
		sub[len(sub)-1] += ","
		out = append(out, sub...)
	}
	return append(out, indent+n.tail)
}

func (n *shownValue) oneLine(width int) (string, bool) {
	var b strings.Builder
	b.WriteString(n.label + n.head)
	for i, p := range n.parts {
		if i > 0 {
			b.WriteString(", ")
		}
		s, ok := p.oneLine(width - b.Len())
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	b.WriteString(n.tail)
	return b.String(), len(n.parts) == 0 || utf8.RuneCountInString(b.String()) <= width
}
