package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

var (
	bareKey  = regexp.MustCompile(`^[a-zA-Z_.]+[a-zA-Z0-9_.]*$`)
	validKey = regexp.MustCompile(`^[a-zA-Z0-9_.@/-]+$`)
)

// hiddenOptions are entries that live in .ipynb files alone: Jupyter's own state of a cell, and Jupytext's layout,
// which a text file shows by itself.
var hiddenOptions = map[string]bool{
	"autoscroll": true, "collapsed": true, "scrolled": true, "trusted": true, "execution": true, "ExecuteTime": true,
	"skipline": true, "noskipline": true, "cell_marker": true, "lines_to_next_cell": true, "lines_to_end_of_cell_marker": true,
}

// unparsed keeps the text of a marker's line that has not the form key=value.
const unparsed = "incorrectly_encoded_metadata"

// parseOptions reads `Title [markdown] key="value" tags=["a"]`, or `Title {"json": 1}`: the text after a marker.
func parseOptions(text string) (title string, opts []Option) {
	text = strings.TrimSpace(text)
	curly, equal := strings.Index(text, "{"), strings.Index(text, "=")
	if curly >= 0 && (equal < 0 || curly < equal) {
		title = strings.TrimSpace(text[:curly])
		var m map[string]any
		if err := decodeJSON(text[curly:], &m); err != nil {
			return title, []Option{{unparsed, text[curly:]}}
		}
		return title, sortedOptions(m)
	}
	words := strings.Split(text, " ")
	if equal >= 0 {
		words = trimEmpty(strings.Split(text[:equal], " "))
		if len(words) > 0 {
			words = words[:len(words)-1] // the last word is the key before the equal sign
		}
	}
	for len(words) > 0 && (words[len(words)-1] == "" || strings.HasPrefix(words[len(words)-1], ".")) {
		words = words[:len(words)-1]
	}
	title = strings.Join(words, " ")
	return title, parseKeyValues(text[len(title):])
}

func trimEmpty(words []string) []string {
	for len(words) > 0 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	return words
}

// parseKeyValues reads `a=1 b="x" c`. Values may hold spaces and equal signs, so it works from the right: the
// shortest text that is JSON is the last value.
func parseKeyValues(text string) []Option {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	last := strings.LastIndex(text, " ")
	if word := text[last+1:]; !strings.HasPrefix(text, "--") && bareKey.MatchString(word) && !isJSON(word) {
		if last < 0 {
			return []Option{{Key: word}}
		}
		return setLast(parseKeyValues(text[:last]), Option{Key: word})
	}
	for end := len(text); ; {
		eq := strings.LastIndex(text[:end], "=")
		if eq < 0 {
			return []Option{{unparsed, text}}
		}
		end = eq
		before := strings.TrimRight(text[:eq], " ")
		space := strings.LastIndex(before, " ")
		key := before[space+1:]
		var value any
		if !validKey.MatchString(key) || decodeJSON(text[eq+1:], &value) != nil {
			continue
		}
		var opts []Option
		if space > 0 {
			opts = parseKeyValues(text[:space])
		}
		return setLast(opts, Option{key, value})
	}
}

// isJSON tells true, false and null, which look like keys, from keys.
func isJSON(word string) bool { return word == "true" || word == "false" || word == "null" }

func setLast(opts []Option, o Option) []Option {
	for i := range opts {
		if opts[i].Key == o.Key {
			opts[i] = o
			return opts
		}
	}
	return append(opts, o)
}

// decodeJSON decodes exactly one JSON value and keeps numbers as they are written.
func decodeJSON(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("text after the JSON value at byte %d", d.InputOffset())
	}
	return nil
}

func sortedOptions(m map[string]any) []Option {
	var opts []Option
	for k, v := range m {
		opts = append(opts, Option{k, v})
	}
	sort.Slice(opts, func(i, j int) bool { return opts[i].Key < opts[j].Key })
	return opts
}

// formatOptions writes options as parseKeyValues reads them.
func formatOptions(opts []Option) string {
	var words []string
	for _, o := range opts {
		switch {
		case hiddenOptions[o.Key]:
		case o.Key == unparsed:
			words = append(words, fmt.Sprint(o.Value))
		case o.Value == nil:
			words = append(words, o.Key)
		default:
			words = append(words, o.Key+"="+pythonJSON(o.Value))
		}
	}
	return strings.Join(words, " ")
}

// pythonJSON formats a value as Python's json.dumps does, since Jupytext writes options so: ", " and ": " between
// items, everything beyond ASCII escaped.
func pythonJSON(v any) string {
	switch v := v.(type) {
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = pythonJSON(e)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var items []string
		for _, o := range sortedOptions(v) {
			items = append(items, pythonJSON(o.Key)+": "+pythonJSON(o.Value))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null" // v came from JSON or from a string, so this is out of reach
	}
	var out strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}
