package widgets

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// plain is what a widget holds, as text.
func plain(m *Model) string {
	s, children := m.snapshot(), m.inside()
	label, _ := s["description"].(string)
	switch m.class {
	case vboxClass, hboxClass:
		var parts []string
		for _, w := range children {
			if text := plain(w.model()); text != "" {
				parts = append(parts, text)
			}
		}
		if m.class == hboxClass {
			return strings.Join(parts, "  ")
		}
		return strings.Join(parts, "\n")
	case htmlClass:
		return html.UnescapeString(tag.ReplaceAllString(s["value"].(string), ""))
	case buttonClass:
		return "[" + label + "]"
	case outputClass:
		var b strings.Builder
		for _, o := range s["outputs"].([]any) {
			b.WriteString(outputText(o.(map[string]any)))
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	return strings.TrimPrefix(label+": "+value(m, s), ": ")
}

// value is what a control holds, as text.
func value(m *Model, s map[string]any) string {
	switch m.class {
	case dropdownClass:
		labels := s["_options_labels"].([]string)
		return fmt.Sprintf("%s (of %s)", labels[s["index"].(int)], strings.Join(labels, ", "))
	case floatSliderClass:
		return fmt.Sprintf("%.4g (%.4g to %.4g)", s["value"], s["min"], s["max"])
	case floatLogSliderClass:
		return fmt.Sprintf("%.3g (1e%g to 1e%g)", s["value"], s["min"], s["max"])
	case checkboxClass:
		return map[bool]string{true: "yes", false: "no"}[s["value"].(bool)]
	}
	return fmt.Sprint(s["value"])
}

// outputText is one of an Output's items as text.
func outputText(o map[string]any) string {
	if text, ok := o["text"].(string); ok {
		return text
	}
	data, _ := o["data"].(map[string]any)
	text, _ := data["text/plain"].(string)
	return text + "\n"
}

// static is what a widget holds, as HTML for a page without a widget manager.
func static(m *Model) string {
	s, children := m.snapshot(), m.inside()
	label, _ := s["description"].(string)
	label = html.EscapeString(label)
	switch m.class {
	case vboxClass, hboxClass:
		style := ""
		if m.class == hboxClass {
			style = ` style="display: flex; gap: 0.6em"`
		}
		var b strings.Builder
		b.WriteString("<div" + style + ">")
		for _, w := range children {
			b.WriteString(static(w.model()))
		}
		return b.String() + "</div>"
	case htmlClass:
		return "<div>" + s["value"].(string) + "</div>"
	case buttonClass:
		return `<button disabled>` + label + `</button>`
	case outputClass:
		return "<pre>" + html.EscapeString(plain(m)) + "</pre>"
	}
	return "<div><b>" + label + "</b> " + html.EscapeString(value(m, s)) + "</div>"
}

// inside are the widgets of a box.
func (m *Model) inside() []Widget {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.children
}
