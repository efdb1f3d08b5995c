package rt

import (
	"errors"
	"fmt"
	"html"
	"reflect"
	"strconv"
	"strings"
)

// How much of a value its HTML shows: rows and columns of a table, characters of a cell, values in all.
const (
	htmlRows    = 60
	htmlColumns = 24
	htmlCell    = 400
	htmlNodes   = 4000
)

// HTML is x as a table, for structs, slices, arrays and maps, pointers to structs, and errors; "" for everything else,
// and for values with a method that says how they print. Large values are cut, with a note of how much is missing. It
// names no colours, so that it suits light pages and dark ones.
func HTML(x any) (page string) {
	if x == nil {
		return ""
	}
	defer func() {
		if recover() != nil { // a method of the value's: its text says more
			page = ""
		}
	}()
	if err, ok := x.(error); ok {
		return errorHTML(err)
	}
	v, t := dynamic(reflect.ValueOf(x))
	h := htmlWriter{l: &layout{width: 80, budget: htmlNodes, seen: map[visit]bool{}}}
	if _, ok := h.l.byMethod(v, t, true); ok || !h.value(v, t) {
		return ""
	}
	return h.b.String()
}

type htmlWriter struct {
	b strings.Builder
	l *layout
}

// value writes the table of a value, if it has one.
func (h *htmlWriter) value(v reflect.Value, t *Type) bool {
	v = settle(v, t)
	switch t.Kind() {
	case reflect.Pointer:
		if v.Kind() != reflect.Pointer || v.IsNil() || t.Elem().Kind() != reflect.Struct {
			return false
		}
		h.l.seen[visit{a: v.UnsafePointer(), t: t}] = true
		h.structure(v.Elem(), t.Elem(), t.name)
	case reflect.Struct:
		h.structure(v, t, t.name)
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice && v.IsNil() {
			return false
		}
		h.list(v, t)
	case reflect.Map:
		if v.IsNil() {
			return false
		}
		h.entries(v, t)
	default:
		return false
	}
	return true
}

func (h *htmlWriter) begin(title string, heads ...string) {
	fmt.Fprintf(&h.b, "<div><code>%s</code>", html.EscapeString(title))
	h.b.WriteString(`<table style="text-align: left">`)
	if len(heads) > 0 {
		h.b.WriteString("<thead><tr>")
		for _, x := range heads {
			h.b.WriteString(`<th style="text-align: left">` + html.EscapeString(x) + "</th>")
		}
		h.b.WriteString("</tr></thead>")
	}
	h.b.WriteString("<tbody>")
}

// row writes a row whose first cell is its name.
func (h *htmlWriter) row(name string, cells ...string) {
	h.b.WriteString(`<tr><th style="text-align: left">` + html.EscapeString(name) + "</th>")
	for _, c := range cells {
		h.b.WriteString(`<td style="text-align: left; white-space: pre-wrap">` + html.EscapeString(c) + "</td>")
	}
	h.b.WriteString("</tr>")
}

func (h *htmlWriter) end(missing int) {
	h.b.WriteString("</tbody></table>")
	if missing > 0 {
		fmt.Fprintf(&h.b, "<i>… %d more</i>", missing)
	}
	h.b.WriteString("</div>")
}

// cell is a value in a table.
func (h *htmlWriter) cell(v reflect.Value, t *Type, can bool) string {
	if h.l.budget <= 0 {
		return "…"
	}
	if v.Kind() == reflect.String && t.Kind() == reflect.String {
		if _, ok := h.l.byMethod(v, t, can); !ok {
			h.l.budget--
			return cut(v.String(), htmlCell, false)
		}
	}
	return cut(strings.Join(h.l.node(v, t, can, 1).lines(80, ""), "\n"), htmlCell, false)
}

func (h *htmlWriter) structure(v reflect.Value, t *Type, title string) {
	h.begin(title)
	fields := t.Fields()
	for i, f := range fields[:min(len(fields), htmlRows)] {
		h.row(f.Name, h.cell(v.Field(i), f.T, f.Exported()))
	}
	h.end(len(fields) - htmlRows)
}

func (h *htmlWriter) entries(v reflect.Value, t *Type) {
	title := fmt.Sprintf("%s, %d entries", t.name, v.Len())
	if v.Len() > htmlNodes { // not worth sorting
		h.begin(title)
		h.end(v.Len())
		return
	}
	h.begin(title)
	for i, e := range sortedEntries(v, t.Key()) {
		if i == htmlRows {
			break
		}
		h.row(h.cell(e.key, t.Key(), true), h.cell(e.value, t.Elem(), true))
	}
	h.end(v.Len() - htmlRows)
}

// list writes a slice or array: of structs as a table of their fields, of lists as a table of their elements, of
// others as rows with their number.
func (h *htmlWriter) list(v reflect.Value, t *Type) {
	n := v.Len()
	title := fmt.Sprintf("%s, %d elements", t.name, n)
	if n == 1 {
		title = t.name + ", 1 element"
	}
	elem := t.Elem()
	record := elem
	if elem.Kind() == reflect.Pointer {
		record = elem.Elem()
	}
	switch {
	case record.Kind() == reflect.Struct && n > 0 && !h.speaks(v.Index(0), elem):
		h.records(v, elem, record, title)
	case (elem.Kind() == reflect.Slice || elem.Kind() == reflect.Array) && elem.Elem().Kind() != reflect.Struct:
		h.begin(title)
		for i := range min(n, htmlRows) {
			h.row(strconv.Itoa(i), h.cells(settle(v.Index(i), elem), elem.Elem())...)
		}
		h.end(n - htmlRows)
	default:
		h.begin(title)
		for i := range min(n, htmlRows) {
			h.row(strconv.Itoa(i), h.cell(v.Index(i), elem, true))
		}
		h.end(n - htmlRows)
	}
}

// speaks reports whether a value says by a method how it prints.
func (h *htmlWriter) speaks(v reflect.Value, t *Type) bool {
	_, ok := h.l.byMethod(v, t, true)
	return ok
}

// cells are the elements of an inner list.
func (h *htmlWriter) cells(v reflect.Value, elem *Type) []string {
	var out []string
	for i := range v.Len() {
		if i == htmlColumns {
			return append(out, fmt.Sprintf("… %d more", v.Len()-i))
		}
		out = append(out, h.cell(v.Index(i), elem, true))
	}
	return out
}

func (h *htmlWriter) records(v reflect.Value, elem, record *Type, title string) {
	fields := record.Fields()
	shown := fields[:min(len(fields), htmlColumns)]
	heads := []string{""}
	for _, f := range shown {
		heads = append(heads, f.Name)
	}
	if len(fields) > len(shown) {
		heads = append(heads, fmt.Sprintf("… %d more", len(fields)-len(shown)))
	}
	h.begin(title, heads...)
	for i := range min(v.Len(), htmlRows) {
		r := settle(v.Index(i), elem)
		if elem.Kind() == reflect.Pointer {
			if r.Kind() != reflect.Pointer || r.IsNil() {
				h.row(strconv.Itoa(i), h.cell(r, elem, true))
				continue
			}
			r = settle(r.Elem(), record)
		}
		var cells []string
		for j, f := range shown {
			cells = append(cells, h.cell(r.Field(j), f.T, f.Exported()))
		}
		h.row(strconv.Itoa(i), cells...)
	}
	h.end(v.Len() - htmlRows)
}

// errorHTML shows an error and what it wraps.
func errorHTML(err error) string {
	var b strings.Builder
	b.WriteString(`<div style="border-left: 3px solid; padding-left: 0.6em">`)
	for depth := 0; err != nil && depth < 16; depth++ {
		_, t := dynamic(reflect.ValueOf(err))
		fmt.Fprintf(&b, `<div style="white-space: pre-wrap; margin-left: %dem">%s <small><code>%s</code></small></div>`,
			depth, html.EscapeString(cut(err.Error(), 4*htmlCell, false)), html.EscapeString(t.name))
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range several.Unwrap() {
				if e != nil {
					fmt.Fprintf(&b, `<div style="white-space: pre-wrap; margin-left: %dem">%s</div>`, depth+1, html.EscapeString(cut(e.Error(), 4*htmlCell, false)))
				}
			}
		}
		err = errors.Unwrap(err)
	}
	return b.String() + "</div>"
}
