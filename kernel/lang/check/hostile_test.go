package check

import (
	"fmt"
	"strings"
	"testing"
)

// TestHostile checks cells that are far too deep or too wrong: each must end in an
// error or a cell, and neither exhaust the stack nor the time of the test.
func TestHostile(t *testing.T) {
	const deep = 2_000 // chains of 90,000 end well too, in minutes
	var many strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&many, "name%d.member%d = other%d\n", i, i, i)
	}
	for name, src := range map[string]string{
		"parentheses":     "x := " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep),
		"open brackets":   strings.Repeat("[", deep),
		"too many":        strings.Repeat("(", 200_000),
		"unary":           "x := 1\ny := " + strings.Repeat("- ", deep) + "x",
		"binary":          "x := 1\ny := x" + strings.Repeat(" + x", deep),
		"pointers":        "var p " + strings.Repeat("*", deep) + "int",
		"slices":          "var p " + strings.Repeat("[]", deep) + "int",
		"calls":           "func f() any { return f }\nf" + strings.Repeat("()", deep),
		"selectors":       "x" + strings.Repeat(".x", deep),
		"functions":       strings.Repeat("func() {", deep) + strings.Repeat("}()", deep),
		"blocks":          strings.Repeat("{", deep) + strings.Repeat("}", deep),
		"else if":         "x := 1\nif x == 0 {}" + strings.Repeat(" else if x == 1 {}", deep),
		"literals":        "x := " + strings.Repeat("[]any{", deep) + strings.Repeat("}", deep),
		"structs":         "type T " + strings.Repeat("struct { x ", 20_000) + "int" + strings.Repeat("}", 20_000),
		"wrong names":     many.String(),
		"self reference":  "type T [len(x)]int\nvar x T",
		"generic cycle":   "type T[P any] struct { f *T[T[P]] }\nvar x T[int]",
		"big constant":    "x := 1 << 1000000000",
		"constant digits": "x := " + strings.Repeat("9", 100_000),
		"shift chain":     "const c = 1" + strings.Repeat(" << 500", 40),
		"null bytes":      strings.Repeat("\x00", 1000),
		"not UTF-8":       "x := \"\xff\xfe\"\n\xff := 1",
	} {
		t.Run(name, func(t *testing.T) {
			s := session(t, completionSession)
			syn, err := Parse("In[2]", src)
			if err == nil {
				_, err = s.Check(syn)
			}
			_ = err // any outcome will do
			StatusOf(src)
			s.Complete(src, len(src)/2)
			s.Inspect(src, len(src)/2, 0)
		})
	}
}
