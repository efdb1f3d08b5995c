package script

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// ReadIPYNB reads a notebook from the JSON of an .ipynb file, format 4. Outputs, identities and metadata are kept.
func ReadIPYNB(data []byte) (*Notebook, error) {
	var f struct {
		Format   int              `json:"nbformat"`
		Metadata map[string]any   `json:"metadata"`
		Cells    []map[string]any `json:"cells"`
	}
	if err := decodeJSON(string(data), &f); err != nil {
		return nil, fmt.Errorf("this is not an .ipynb notebook: %w", jsonPlace(data, err))
	}
	if f.Format != 4 {
		return nil, fmt.Errorf("notebook format %d; only format 4 can be read: open and save the notebook in JupyterLab first", f.Format)
	}
	n := &Notebook{Metadata: f.Metadata}
	for i, m := range f.Cells {
		c, err := cellFromJSON(m)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		n.Cells = append(n.Cells, c)
	}
	if err := n.takeFrontMatter(); err != nil {
		return nil, err
	}
	return n, nil
}

// jsonPlace adds line and column to an error of encoding/json.
func jsonPlace(data []byte, err error) error {
	var offset int64
	switch e := err.(type) {
	case *json.SyntaxError:
		offset = e.Offset
	case *json.UnmarshalTypeError:
		offset = e.Offset
	default:
		return err
	}
	before := data[:min(int(offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Errorf("%d:%d: %w", line, len(before)-bytes.LastIndexByte(before, '\n'), err)
}

func cellFromJSON(m map[string]any) (*Cell, error) {
	c := &Cell{extra: map[string]any{}}
	for key, v := range m {
		switch key {
		case "cell_type":
			switch v {
			case "code":
				c.Kind = Code
			case "markdown":
				c.Kind = Markdown
			case "raw":
				c.Kind = Raw
			default:
				return nil, fmt.Errorf("cell_type is %v, want code, markdown or raw", v)
			}
		case "source":
			s, err := joined(v)
			if err != nil {
				return nil, err
			}
			c.Source = s
		case "id":
			c.ID, _ = v.(string)
		case "execution_count":
			if num, ok := v.(json.Number); ok {
				k, err := num.Int64()
				if err != nil {
					return nil, fmt.Errorf("execution_count is %s, want a whole number", num)
				}
				c.ExecutionCount = int(k)
			}
		case "outputs":
			c.Outputs, _ = v.([]any)
		case "metadata":
			meta, _ := v.(map[string]any)
			c.setMetadata(meta)
		default:
			c.extra[key] = v
		}
	}
	return c, nil
}

// setMetadata spreads the metadata of .ipynb over the fields that text formats write in other places.
func (c *Cell) setMetadata(meta map[string]any) {
	for _, o := range sortedOptions(meta) {
		num, _ := o.Value.(json.Number)
		k, err := strconv.Atoi(num.String())
		switch text, _ := o.Value.(string); {
		case o.Key == "title" && goodTitle(text):
			c.Title = text
		case o.Key == "cell_depth" && err == nil && k >= 0:
			c.depth = k
		case o.Key == "region_name" && text == "md":
			c.region = text
		case o.Key == "lines_to_next_cell" && err == nil && k >= 0:
			c.gap = &k
		default:
			c.Options = append(c.Options, o)
		}
	}
}

// goodTitle reports whether a title can stand on a marker's line as it is.
func goodTitle(s string) bool {
	title, opts := parseOptions(s)
	return s != "" && title == s && len(opts) == 0 && !strings.ContainsAny(s, "[\n\r")
}

func (c *Cell) metadata() map[string]any {
	meta := map[string]any{}
	for _, o := range c.Options {
		meta[o.Key] = o.Value
	}
	if c.Title != "" {
		meta["title"] = c.Title
	}
	if c.depth > 0 {
		meta["cell_depth"] = c.depth
	}
	if c.region != "" {
		meta["region_name"] = c.region
	}
	if c.gap != nil {
		meta["lines_to_next_cell"] = *c.gap
	}
	return meta
}

// joined reads a multiline string of nbformat: a string or a list of strings.
func joined(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []any:
		var b strings.Builder
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return "", fmt.Errorf("source holds %v, want text", e)
			}
			b.WriteString(s)
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("source is %v, want text", v)
}

// split is the inverse of joined: a list of lines, each with its newline.
func split(s string) []string {
	out := strings.SplitAfter(s, "\n")
	if out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// WriteIPYNB returns the notebook as an .ipynb file, laid out as Jupyter writes it. A cell without an identity gets
// one made from its place and source, so that the same notebook gives the same bytes.
func (n *Notebook) WriteIPYNB() ([]byte, error) {
	cells := []any{}
	if front := n.frontMatter(); front != nil {
		cells = append(cells, front.json(0))
	}
	for _, c := range n.Cells {
		cells = append(cells, c.json(len(cells)))
	}
	meta := map[string]any{}
	for k, v := range n.Metadata {
		meta[k] = v
	}
	if len(n.Prefix) > 0 || n.headerGap != nil {
		layout := map[string]any{}
		if old, ok := meta["jupytext"].(map[string]any); ok {
			for k, v := range old {
				layout[k] = v
			}
		}
		for _, line := range n.Prefix {
			if rest, ok := strings.CutPrefix(line, "#!"); ok {
				layout["executable"] = rest
			} else {
				layout["encoding"] = line
			}
		}
		if len(layout) > 0 {
			meta["jupytext"] = layout
		}
	}
	if _, ok := meta["kernelspec"]; !ok {
		meta["kernelspec"] = map[string]any{"display_name": "Go (gossl)", "language": "go", "name": "gossl"}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(map[string]any{"cells": cells, "metadata": meta, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		return nil, fmt.Errorf("writing the notebook: %w", err)
	}
	return b.Bytes(), nil
}

func (c *Cell) json(place int) map[string]any {
	m := map[string]any{
		"cell_type": c.Kind.String(), "id": c.ID, "metadata": c.metadata(), "source": split(c.Source),
	}
	for k, v := range c.extra {
		m[k] = v
	}
	if c.ID == "" {
		sum := sha256.Sum256([]byte(strconv.Itoa(place) + "\x00" + c.Source))
		m["id"] = hex.EncodeToString(sum[:4])
	}
	if c.Kind == Code {
		m["outputs"], m["execution_count"] = []any{}, nil
		if c.Outputs != nil {
			m["outputs"] = c.Outputs
		}
		if c.ExecutionCount > 0 {
			m["execution_count"] = c.ExecutionCount
		}
	}
	return m
}

// frontMatter returns what a header says beside "jupyter:" as the raw cell that Jupytext makes of it, or nil.
func (n *Notebook) frontMatter() *Cell {
	_, rest := splitHeader(n.Header)
	if len(rest) == 0 {
		return nil
	}
	return &Cell{ID: n.frontID, Kind: Raw, Source: "---\n" + strings.Join(rest, "\n") + "\n---"}
}

// takeFrontMatter is the inverse: such a first cell, and Jupytext's notes about the first lines, go to the header.
func (n *Notebook) takeFrontMatter() error {
	if layout, ok := n.Metadata["jupytext"].(map[string]any); ok {
		rest := map[string]any{}
		for k, v := range layout {
			switch s, _ := v.(string); {
			case k == "executable" && s != "":
				n.Prefix = append([]string{"#!" + s}, n.Prefix...)
			case k == "encoding" && s != "":
				n.Prefix = append(n.Prefix, s)
			default:
				rest[k] = v
			}
		}
		meta := map[string]any{}
		for k, v := range n.Metadata {
			meta[k] = v
		}
		if meta["jupytext"] = rest; len(rest) == 0 {
			delete(meta, "jupytext")
		}
		n.Metadata = meta
	}
	if len(n.Cells) == 0 || n.Cells[0].Kind != Raw {
		return nil
	}
	ls := lines(strings.TrimSpace(n.Cells[0].Source))
	if len(ls) < 3 || !fenceLine.MatchString(ls[0]) || !fenceLine.MatchString(ls[len(ls)-1]) {
		return nil
	}
	header := ls[1 : len(ls)-1]
	if len(n.Metadata) > 0 {
		text, err := marshalHeader(n.Metadata)
		if err != nil {
			return err
		}
		header = append(header[:len(header):len(header)], splitText(text)...)
	}
	n.Header, n.frontID, n.Cells = header, n.Cells[0].ID, n.Cells[1:]
	return nil
}
