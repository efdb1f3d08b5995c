package script

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// SessionTag marks the raw cell at a notebook's end that keeps what a session was besides its cells.
const SessionTag = "gossl-session"

// VolatileTag marks a cell whose output is never the same, such as one that prints times: it is not compared.
const VolatileTag = "volatile"

// Session is what a saved session carries besides its cells: what each cell gave, and the experiments with their
// settings and every change that was made to them while they trained. Cells stand in the order in which they ran.
type Session struct {
	Cells []CellResult      `json:"cells"`          // of the code cells, in order
	Runs  []json.RawMessage `json:"runs,omitempty"` // of the experiments; the learning side reads them
}

// CellResult is what a cell gave.
type CellResult struct {
	Shows string `json:"shows,omitempty"` // what it printed and showed, without times; where that is long, its SHA-256
	Error string `json:"error,omitempty"`
}

// Session returns the session that a notebook carries; nil when it carries none.
func (n *Notebook) Session() (*Session, error) {
	i := n.sessionCell()
	if i < 0 {
		return nil, nil
	}
	s := &Session{}
	if err := json.Unmarshal([]byte(n.Cells[i].Source), s); err != nil {
		return nil, fmt.Errorf("the cell tagged %s, at its end, is not what gossl writes: %w; remove it to run the cells without their record", SessionTag, err)
	}
	return s, nil
}

func (n *Notebook) sessionCell() int {
	return slices.IndexFunc(n.Cells, func(c *Cell) bool { return c.Kind == Raw && c.HasTag(SessionTag) })
}

// WithSession returns a copy of the notebook that carries a session; nil takes away the one it has.
func (n *Notebook) WithSession(s *Session) (*Notebook, error) {
	out := *n
	out.Cells = slices.Clone(n.Cells)
	at := n.sessionCell()
	if s == nil {
		if at >= 0 {
			out.Cells = slices.Delete(out.Cells, at, at+1)
		}
		return &out, nil
	}
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	if at < 0 {
		out.Cells = append(out.Cells, &Cell{Kind: Raw, Source: text, Options: []Option{{"tags", []any{SessionTag}}}})
		return &out, nil
	}
	cell := *n.Cells[at]
	cell.Source = text
	out.Cells[at] = &cell
	return &out, nil
}

// WithVersions returns a copy of the notebook whose metadata carry what a saved session notes of the program that ran
// it. A header that says more than metadata stays as it is.
func (n *Notebook) WithVersions(note map[string]any) *Notebook {
	old, _ := n.Metadata["gossl"].(map[string]any)
	same := len(old) == len(note)
	for k, v := range note {
		same = same && fmt.Sprint(old[k]) == fmt.Sprint(v)
	}
	if _, rest := splitHeader(n.Header); same || len(rest) > 0 {
		return n
	}
	out := *n
	out.Metadata, out.Header = with(n.Metadata, "gossl", note), nil
	return &out
}

// text is the session as JSON, a line for each cell and run, so that a diff shows what has changed.
func (s *Session) text() (string, error) {
	list := func(n int, at func(int) any) (string, error) {
		lines := make([]string, n)
		for i := range lines {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(at(i)); err != nil {
				return "", err
			}
			lines[i] = "\n  " + strings.TrimSpace(b.String())
		}
		return "[" + strings.Join(lines, ",") + "]", nil
	}
	cells, err := list(len(s.Cells), func(i int) any { return s.Cells[i] })
	if err != nil {
		return "", err
	}
	runs, err := list(len(s.Runs), func(i int) any { return s.Runs[i] })
	if err != nil {
		return "", fmt.Errorf("the record of a run is not JSON: %w", err)
	}
	return "{\"cells\": " + cells + ",\n\"runs\": " + runs + "}", nil
}

// showsLimit is how long a cell's text may be, in bytes, to be kept as it is.
const showsLimit = 2000

// Results are what the code cells that ran gave, by their outputs.
func (n *Notebook) Results() []CellResult {
	results := []CellResult{}
	for _, c := range n.Cells {
		if c.Runs() {
			results = append(results, c.result())
		}
	}
	return results
}

var (
	// durations and rates, as Go and the tables of runs write them
	times = regexp.MustCompile(`\b\d+(\.\d+)?(e[-+]\d+)? ?(ns|µs|us|ms|s|m|h|img/s|it/s)\b([0-9.]+(ms|s|m|h)\b)*`)
	// addresses are never the same
	addresses = regexp.MustCompile(`\b0x[0-9a-f]{6,}\b`)
)

// Lasting is a text without what is another each time: durations, rates and addresses.
func Lasting(text string) string {
	return addresses.ReplaceAllString(times.ReplaceAllString(text, "_"), "0x_")
}

func (c *Cell) result() (r CellResult) {
	var b strings.Builder
	for _, o := range c.Outputs {
		o, ok := o.(map[string]any)
		if !ok {
			continue
		}
		switch o["output_type"] {
		case "stream":
			if o["name"] == "stdout" {
				b.WriteString(plain(o["text"]))
			}
		case "execute_result", "display_data":
			meta, _ := o["metadata"].(map[string]any)
			data, _ := o["data"].(map[string]any)
			if _, live := meta[LiveKey]; !live {
				b.WriteString(strings.TrimRight(plain(data["text/plain"]), "\n") + "\n")
			}
		case "error":
			r.Error = plain(o["evalue"])
		}
	}
	if c.HasTag(VolatileTag) {
		return r
	}
	r.Shows = Lasting(b.String())
	if len(r.Shows) > showsLimit {
		r.Shows = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(r.Shows)))
	}
	return r
}

// LiveKey is the key in an output's metadata which says that the display changed while it stood there.
const LiveKey = "gossl-live"

// plain is a text of an output; what is none is empty.
func plain(v any) string {
	s, err := joined(v)
	if err != nil {
		return ""
	}
	return s
}

// Difference is a place where two results of the same cells part.
type Difference struct {
	Cell          int    // which of the code cells that run, from 0
	Recorded, Now string // the first line that differs; where one cell failed and the other did not, the errors
}

// Compare returns where results part from recorded ones, the first line of each cell. Numbers agree when they differ by
// at most the tolerance, relative to the greater of them.
func Compare(recorded, now []CellResult, tolerance float64) []Difference {
	var list []Difference
	for i := range max(len(recorded), len(now)) {
		if i >= len(recorded) || i >= len(now) {
			return append(list, Difference{Cell: i, Recorded: fmt.Sprintf("%d cells", len(recorded)), Now: fmt.Sprintf("%d cells", len(now))})
		}
		a, b := recorded[i], now[i]
		if a.Error != b.Error {
			list = append(list, Difference{Cell: i, Recorded: otherwise(a.Error, "no error"), Now: otherwise(b.Error, "no error")})
			continue
		}
		x, y := strings.Split(a.Shows, "\n"), strings.Split(b.Shows, "\n")
		for j := range max(len(x), len(y)) {
			var p, q string
			if j < len(x) {
				p = x[j]
			}
			if j < len(y) {
				q = y[j]
			}
			if !agree(p, q, tolerance) {
				list = append(list, Difference{Cell: i, Recorded: p, Now: q})
				break
			}
		}
	}
	return list
}

func otherwise(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var number = regexp.MustCompile(`[-+]?\d+(\.\d+)?([eE][-+]?\d+)?`)

// agree compares two lines; with a tolerance their numbers by value.
func agree(a, b string, tolerance float64) bool {
	if a == b {
		return true
	}
	if tolerance <= 0 || number.ReplaceAllString(a, "#") != number.ReplaceAllString(b, "#") {
		return false
	}
	x, y := number.FindAllString(a, -1), number.FindAllString(b, -1)
	for i := range x {
		v, _ := strconv.ParseFloat(x[i], 64)
		w, _ := strconv.ParseFloat(y[i], 64)
		if math.Abs(v-w) > tolerance*max(math.Abs(v), math.Abs(w)) {
			return false
		}
	}
	return true
}
