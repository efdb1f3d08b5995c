package script

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	codingLine  = regexp.MustCompile(`^[ \t\f]*//.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)
	jupyterLine = regexp.MustCompile(`^jupyter\s*:\s*$`)
	fenceLine   = regexp.MustCompile(`^---\s*$`)
)

// readHeader takes the prefix and the YAML header off ls and returns the number of lines taken. strip removes the
// comment sign that precedes each line of the header.
func (n *Notebook) readHeader(ls []string, strip func(string) (string, bool)) (int, error) {
	at := 0
	if at < len(ls) && strings.HasPrefix(ls[at], "#!") {
		at++
	}
	if at < len(ls) && codingLine.MatchString(ls[at]) {
		at++
	}
	first := at
	var header []string
	for i := at; i < len(ls); i++ {
		line, ok := strip(ls[i])
		switch fence := fenceLine.MatchString(line); {
		case !ok, i == first && !fence:
			n.Prefix = ls[:at:at]
			return at, nil
		case i == first:
		case fence:
			n.Prefix = ls[:at:at]
			end, gap := i+1, 0
			if end < len(ls) && blank(ls[end]) {
				end, gap = end+1, 1
			}
			if gap != 1 && end < len(ls) {
				n.headerGap = &gap
			}
			return end, n.setHeader(header, first+2)
		default:
			header = append(header, line)
		}
	}
	n.Prefix = ls[:at:at]
	return at, nil
}

// setHeader keeps the header's lines and reads Metadata out of them. firstLine is the number of the first, for messages.
func (n *Notebook) setHeader(header []string, firstLine int) error {
	jupyter, _ := splitHeader(header)
	var doc struct {
		Jupyter map[string]any `yaml:"jupyter"`
	}
	if err := yaml.Unmarshal([]byte(strings.Join(jupyter, "\n")), &doc); err != nil {
		return fmt.Errorf("line %d: the header between the --- lines is not YAML: %v; correct or remove it", firstLine, err)
	}
	n.Header, n.Metadata = header, doc.Jupyter
	return nil
}

// splitHeader tells the section "jupyter:" of a header from the rest.
func splitHeader(header []string) (jupyter, rest []string) {
	in := false
	for _, line := range header {
		switch {
		case jupyterLine.MatchString(line):
			in = true
		case line != "" && line[0] != ' ' && line[0] != '\t':
			in = false
		}
		if in {
			jupyter = append(jupyter, line)
		} else {
			rest = append(rest, line)
		}
	}
	return jupyter, rest
}

// headerLines returns the header with its fences, without comment signs; nil when there is nothing to say. A header
// that names the format of another file is made to name this one's, since Jupytext goes by it.
func (n *Notebook) headerLines(extension, format string) ([]string, error) {
	header, meta := n.Header, n.Metadata
	if layout, ok := meta["jupytext"].(map[string]any); ok {
		if old, ok := layout["text_representation"].(map[string]any); ok && old["extension"] != extension {
			now := map[string]any{"extension": extension, "format_name": format, "format_version": "1.3"}
			if v, ok := old["jupytext_version"]; ok {
				now["jupytext_version"] = v
			}
			meta = with(meta, "jupytext", with(layout, "text_representation", now))
			_, header = splitHeader(header)
			text, err := marshalHeader(meta)
			if err != nil {
				return nil, err
			}
			header = append(header, splitText(text)...)
		}
	}
	if len(header) == 0 && len(meta) > 0 {
		text, err := marshalHeader(meta)
		if err != nil {
			return nil, err
		}
		header = splitText(text)
	}
	if len(header) == 0 {
		return nil, nil
	}
	out := append([]string{"---"}, header...)
	return append(out, "---"), nil
}

// with returns a copy of m in which key has the value v.
func with(m map[string]any, key string, v any) map[string]any {
	out := map[string]any{key: v}
	for k, e := range m {
		if k != key {
			out[k] = e
		}
	}
	return out
}

// marshalHeader writes metadata under "jupyter:" in the layout of Python's yaml.safe_dump, which Jupytext uses:
// sorted keys, two spaces, lists not indented.
func marshalHeader(metadata map[string]any) (string, error) {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	e.CompactSeqIndent()
	err := e.Encode(map[string]any{"jupyter": plainNumbers(metadata)})
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		return "", fmt.Errorf("writing the metadata as YAML: %w", err)
	}
	return b.String(), nil
}

// plainNumbers replaces json.Number, which YAML would write as a string.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = plainNumbers(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plainNumbers(e)
		}
		return out
	case interface {
		Int64() (int64, error)
		Float64() (float64, error)
	}: // json.Number
		if i, err := v.Int64(); err == nil {
			return i
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return v
}
