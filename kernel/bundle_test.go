package kernel_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

func TestJSONBundle(t *testing.T) {
	got, err := json.Marshal(kernel.Bundle{
		"text/plain": "x", "image/png": []byte{1, 2, 3}, "image/svg+xml": []byte("<svg/>"), "application/json": map[string]int{"a": 1},
		"application/x+json": math.NaN(), "application/x-note": true,
	}.JSON())
	want := `{"application/json":{"a":1},"application/x+json":"NaN","image/png":"AQID","image/svg+xml":"\u003csvg/\u003e","text/plain":"x"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestValuesHaveTables looks at values of types of cells and of compiled ones.
func TestValuesHaveTables(t *testing.T) {
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.RenderBy(func(v any) map[string]any {
		if _, ok := v.(*strings.Builder); ok {
			return map[string]any{"text/html": "<i>rendered</i>"}
		}
		return nil
	})
	for _, tt := range []struct{ src, want string }{
		{"type P struct { Name string; At []int }\nP{\"<n>\", []int{1, 2}}", "&lt;n&gt;"},
		{"[]P{{\"a\", nil}, {\"b\", nil}}", "<th style=\"text-align: left\">Name</th>"},
		{"map[string]P{\"k\": {\"v\", nil}}", ">k</th>"},
		{"[]*P{{Name: \"p\"}}", ">p</td>"},
		{"type E struct{ Code int }\nfunc (e E) Error() string { return fmt.Sprint(\"code \", e.Code) }\nany(E{7})", "code 7"},
		{"image.Pt(3, 4)", ""}, // has a String method
		{"http.Cookie{Name: \"c<\"}", "c&lt;"},
		{"new(strings.Builder)", "<i>rendered</i>"},
		{"3", ""}, {"\"<b>\"", ""}, {"strconv.Atoi(\"x1\"[1:])", ""},
	} {
		res, err := s.Execute(t.Context(), tt.src, kernel.Discard)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		page, _ := res.Shown["text/html"].(string)
		if (page == "") != (tt.want == "") || !strings.Contains(page, tt.want) {
			t.Errorf("%s shows %q, want %q in it", tt.src, page, tt.want)
		}
		if res.Shown.Text() == "" && tt.want != "<i>rendered</i>" {
			t.Errorf("%s has no text", tt.src)
		}
	}
}
