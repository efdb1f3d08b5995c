package script

import "strings"

// Kind is what a cell holds.
type Kind int

// The kinds of cells, as notebooks know them.
const (
	Code     Kind = iota // Go, or commands
	Markdown             // text
	Raw                  // neither run nor rendered
)

// String returns the name notebooks give the kind: "code", "markdown" or "raw".
func (k Kind) String() string {
	switch k {
	case Markdown:
		return "markdown"
	case Raw:
		return "raw"
	}
	return "code"
}

// Notebook is a sequence of cells and what is known about them as a whole. The zero value is an empty notebook.
type Notebook struct {
	Prefix   []string       // lines before the header, verbatim: "#!…", "// -*- coding: utf-8 -*-"
	Header   []string       // lines of the YAML header between its "---" lines, verbatim; empty: made from Metadata
	Metadata map[string]any // what .ipynb keeps under "metadata", and the header under "jupyter:"
	Cells    []*Cell

	headerGap *int   // blank lines after the header; nil: 1
	frontID   string // identity of the raw cell that a header becomes in .ipynb
}

// Cell is one cell of a notebook.
type Cell struct {
	Kind    Kind
	Source  string   // without a final newline; commands are not commented
	Title   string   // after "// %%" on the marker's line
	Options []Option // metadata, in the order written

	// Line is the number of the source's first line in the file it was read from, from 1; 0 when it has none.
	Line int

	ID             string // of .ipynb; empty: made from the position and the source when one is needed
	ExecutionCount int    // 0: never ran
	Outputs        []any  // as .ipynb holds them

	depth  int            // number of further % signs in the marker
	region string         // "md" where the marker says [md]
	gap    *int           // blank lines after the cell; nil: 1
	extra  map[string]any // further keys of a cell in .ipynb, such as attachments
}

// Option is one entry of a cell's metadata.
type Option struct {
	Key   string
	Value any // as encoding/json decodes it, numbers as json.Number; nil for a key alone
}

// Option returns the value of the metadata entry named key, and whether there is one.
func (c *Cell) Option(key string) (any, bool) {
	for _, o := range c.Options {
		if o.Key == key {
			return o.Value, true
		}
	}
	return nil, false
}

// SetOption sets the metadata entry named key, at the end when it is new.
func (c *Cell) SetOption(key string, value any) {
	for i := range c.Options {
		if c.Options[i].Key == key {
			c.Options[i].Value = value
			return
		}
	}
	c.Options = append(c.Options, Option{key, value})
}

// Tags returns the cell's tags.
func (c *Cell) Tags() []string {
	v, _ := c.Option("tags")
	list, _ := v.([]any)
	var tags []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// HasTag reports whether tag is among the cell's tags.
func (c *Cell) HasTag(tag string) bool {
	for _, t := range c.Tags() {
		if t == tag {
			return true
		}
	}
	return false
}

// Active reports whether the cell takes part in files with the extension ext, given without its dot: the entry
// active="ipynb", or a tag active-ipynb, keeps a cell out of scripts.
func (c *Cell) Active(ext string) bool {
	for _, t := range c.Tags() {
		if rest, ok := strings.CutPrefix(t, "active-"); ok {
			return contains(strings.Split(rest, "-"), ext)
		}
	}
	if v, ok := c.Option("active"); ok {
		s, _ := v.(string)
		return contains(strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' }), ext)
	}
	return true
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// lines splits a source into its lines; an empty source has one empty line.
func lines(source string) []string { return strings.Split(source, "\n") }

// splitText splits a file's text into lines as editors show them: no empty last line, any line ending.
func splitText(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }
