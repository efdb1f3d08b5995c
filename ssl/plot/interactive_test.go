package plot

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page carries the figure's own numbers, escapes its words, and names no address.
func TestInteractive(t *testing.T) {
	f := &Figure{Title: `a </script> "title" & more`, XLabel: "step", Marks: []Mark{{X: 2, Text: "λ <b>"}, {X: math.NaN(), Text: "nowhere"}}, Panels: []Panel{
		{Label: "loss", Series: []Series{{Name: "a<b", X: []float64{1, 2, 3, 4}, Y: []float64{3, math.NaN(), 1.23456789, math.Inf(1)}}}},
		{Label: "count", Log: true, Series: []Series{{Name: "bars", Style: Bars, X: []float64{1, 3}, Y: []float64{2, 5}}}},
	}}
	page, err := f.HTML()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, bad := range []string{"http", "//cdn", "<b>", "a<b"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := strings.Count(text, "</script>"); n != 1 {
		t.Errorf("the page ends %d scripts, want 1", n)
	}
	_, rest, ok := strings.Cut(text, "root && show(root, ")
	raw, _, ok2 := strings.Cut(rest, ");\n}</script>")
	var got struct {
		Title  string
		Colors []string
		Panels []struct {
			Log    bool
			Series []struct {
				Name, Style string
				Width       float64
				X, Y        []*float64
			}
		}
		Marks []struct {
			X    float64
			Text string
		}
	}
	if err := json.Unmarshal([]byte(raw), &got); !ok || !ok2 || err != nil {
		t.Fatalf("the page's data: %v\n%s", err, raw)
	}
	if got.Title != f.Title || len(got.Colors) != len(palette) || len(got.Marks) != 1 || got.Marks[0].Text != "λ <b>" || !got.Panels[1].Log {
		t.Errorf("the page's data are %+v", got)
	}
	curve, bars := got.Panels[0].Series[0], got.Panels[1].Series[0]
	if curve.Style != "line" || len(curve.Y) != 3 || *curve.Y[0] != 3 || curve.Y[1] != nil || *curve.Y[2] != 1.234568 || *curve.X[2] != 3 {
		t.Errorf("the curve is %s %+v", curve.Style, raw)
	}
	if bars.Style != "bars" || bars.Width != 2 || *bars.Y[1] != 5 {
		t.Errorf("the bars are %+v", bars)
	}
	bundle := f.Interactive().MIMEBundle()
	if html, _ := bundle["text/html"].(string); !strings.Contains(html, "data:image/png;base64,") || bundle["text/plain"] != f.String() {
		t.Errorf("the bundle holds %d bytes of HTML and the text %q", len(html), bundle["text/plain"])
	}
	path := filepath.Join(t.TempDir(), "f.html")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	if saved, err := os.ReadFile(path); err != nil || string(saved) != text {
		t.Errorf("Save writes other bytes: %v", err)
	}
	if b := (&Figure{Width: 1000}).Interactive().MIMEBundle(); b["text/html"] != nil || !strings.Contains(b["text/plain"].(string), "1000") {
		t.Errorf("a figure that cannot be drawn gives %v", b)
	}
}
