package plot

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"image/color"
	"math"
	"strconv"
	"strings"
)

//go:embed interactive.js
var interactiveScript string

// Interactive is a figure that answers the pointer in a notebook or a browser: it shows the values under it, dragging
// zooms in, a double click shows all again, a click on a name hides its series. It carries all that it needs and fetches
// nothing. Where scripts do not run, on a code host for one, it is the picture.
type Interactive struct{ figure *Figure }

// Interactive returns the figure as one that answers the pointer; as the last value of a cell it is shown so. Save writes
// one as a page, to a name that ends in .html.
func (f *Figure) Interactive() Interactive { return Interactive{f} }

// String is the figure as the terminal shows it.
func (i Interactive) String() string { return i.figure.String() }

// MIMEBundle is the figure for a notebook.
func (i Interactive) MIMEBundle() map[string]any {
	page, err := i.figure.fragment()
	if err != nil {
		return map[string]any{"text/plain": err.Error()}
	}
	return map[string]any{"text/plain": i.String(), "text/html": page}
}

// HTML is the figure as a page that answers the pointer: see [Figure.Interactive].
func (f *Figure) HTML() ([]byte, error) {
	body, err := f.fragment()
	if err != nil {
		return nil, err
	}
	title := html.EscapeString(f.Title)
	return []byte("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>" + title + "</title></head>\n<body>\n" + body + "\n</body>\n</html>\n"), nil
}

// fragment is the picture in an element, and the script that puts the figure into its place.
func (f *Figure) fragment() (string, error) {
	picture, err := f.PNG()
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(f.drawing()) // no < is left in it
	if err != nil {
		return "", fmt.Errorf("plot: %w", err)
	}
	id := fmt.Sprintf("gossl-figure-%x", sha256.Sum256(append(picture, data...)))[:32]
	w, _ := f.size()
	var b strings.Builder
	fmt.Fprintf(&b, "<div class=%q><img alt=\"%s\" width=\"%d\" src=\"data:image/png;base64,%s\"></div>\n", id, html.EscapeString(f.Title), int(96*w), base64.StdEncoding.EncodeToString(picture))
	// The same figure may stand on a page twice: each script takes the first one that is still a picture.
	fmt.Fprintf(&b, "<script>{\nconst root = [...document.querySelectorAll(\".%s\")].find(e => e.querySelector(\"img\"));\nconst show = %s;\nroot && show(root, %s);\n}</script>", id, strings.TrimSpace(withoutComments(interactiveScript)), data)
	return b.String(), nil
}

// withoutComments drops the comment lines at the head of a script.
func withoutComments(script string) string {
	for strings.HasPrefix(script, "//") {
		_, script, _ = strings.Cut(script, "\n")
	}
	return script
}

// What the script is given.
type (
	drawing struct {
		Title  string         `json:"title"`
		XLabel string         `json:"xlabel"`
		Colors []string       `json:"colors"`
		Panels []drawingPanel `json:"panels"`
		Marks  []drawingMark  `json:"marks"`
	}
	drawingPanel struct {
		Label  string          `json:"label"`
		Log    bool            `json:"log"`
		Series []drawingSeries `json:"series"`
	}
	drawingSeries struct {
		Name  string       `json:"name"`
		Style string       `json:"style"`
		Width float64      `json:"width"` // of a bar
		X     []coordinate `json:"x"`
		Y     []coordinate `json:"y"`
	}
	drawingMark struct {
		X    coordinate `json:"x"`
		Text string     `json:"text"`
	}
	coordinate float64
)

// MarshalJSON writes seven digits, and null for what cannot be drawn.
func (n coordinate) MarshalJSON() ([]byte, error) {
	if !finite(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 7, 64), nil
}

// drawing is the figure for the script: as many points of a curve as a picture has, a missing value between its runs.
func (f *Figure) drawing() drawing {
	d := drawing{Title: f.Title, XLabel: f.XLabel, Panels: []drawingPanel{}, Marks: []drawingMark{}}
	for _, c := range palette {
		c := c.(color.RGBA)
		d.Colors = append(d.Colors, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	for _, p := range f.Panels {
		panel := drawingPanel{Label: p.Label, Log: p.Log, Series: []drawingSeries{}}
		for _, s := range p.Series {
			out := drawingSeries{Name: s.Name, Style: [...]string{"line", "points", "bars"}[s.Style], X: []coordinate{}, Y: []coordinate{}}
			if s.Style == Bars {
				out.Width = s.barWidth()
			}
			for i, run := range s.runs(p.Log) {
				if i > 0 {
					out.X, out.Y = append(out.X, coordinate(run[0].X)), append(out.Y, coordinate(math.NaN()))
				}
				for _, at := range run {
					out.X, out.Y = append(out.X, coordinate(at.X)), append(out.Y, coordinate(at.Y))
				}
			}
			panel.Series = append(panel.Series, out)
		}
		d.Panels = append(d.Panels, panel)
	}
	for _, m := range f.Marks {
		if finite(m.X) {
			d.Marks = append(d.Marks, drawingMark{coordinate(m.X), m.Text})
		}
	}
	return d
}
