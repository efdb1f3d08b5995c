package check

import "testing"

func TestStatusOf(t *testing.T) {
	for _, c := range []struct {
		src    string
		want   Completeness
		indent int
	}{
		{"", Complete, 0},
		{"  \n// only a comment", Complete, 0},
		{"1+1", Complete, 0},
		{"x := 1", Complete, 0},
		{"import \"fmt\"\nfmt.Println(1)", Complete, 0},
		{"func f() int { return 1 }\nf()", Complete, 0},
		{"func() { println(1) }()", Complete, 0},
		{"func (a int) string { return \"\" }(1)", Complete, 0},
		{"func (t T) M() {}", Complete, 0},
		{"for i := 0; i < 3; i++ {\n}", Complete, 0},
		{"if x := f(); x > 0 {\n} else {\n}", Complete, 0},
		{"x := `a\nb`", Complete, 0},
		{"L:\nfor { break L }", Complete, 0},
		{"package main\nfunc main() {}", Complete, 0},
		{"type (\n\tA int\n\tB struct{}\n)", Complete, 0},

		{"f(", Incomplete, 1},
		{"f(1,", Incomplete, 1},
		{"f(1", Incomplete, 1},
		{"if x {", Incomplete, 1},
		{"if x {\n\tfor {\n", Incomplete, 2},
		{"f(func() {\n\tg()\n", Incomplete, 1},
		{"func f() {", Incomplete, 1},
		{"func f() {\n\tswitch x {\n\tcase 1:\n", Incomplete, 2},
		{"func (t T) M(", Incomplete, 1},
		{"x := []int{1, 2,", Incomplete, 1},
		{"type T struct {\n\ta int", Incomplete, 1},
		{"import (", Incomplete, 1},
		{"x := `abc\n", Incomplete, 0},
		{"x := 1 /* abc", Incomplete, 0},
		{"/* abc", Incomplete, 0},
		{"func f() {\n\tx := `a", Incomplete, 0},
		{"x +", Incomplete, 1},
		{"x :=", Incomplete, 1},
		{"x.", Incomplete, 1},
		{"x := 1 +\n\t2 *", Incomplete, 1},
		{"var", Incomplete, 1},
		{"for", Incomplete, 1},
		{"a,", Incomplete, 1},

		{"x := := 1", Invalid, 0},
		{")", Invalid, 0},
		{"f(]", Invalid, 0},
		{"} ; func evil() {", Invalid, 0},
		{"x := \"abc", Invalid, 0},
		{"x := 'ab'", Invalid, 0},
		{"if x", Invalid, 0},
		{"for x := := range y {", Invalid, 0},
		{"func f()", Invalid, 0},
		{"x := 1 2", Invalid, 0},
		{"import fmt", Invalid, 0},
		{"type T", Invalid, 0},
		{"else {", Invalid, 0},
		{"\x00", Invalid, 0},
		{"x = #", Invalid, 0},
	} {
		got := StatusOf(c.src)
		if got.Is != c.want || got.Indent != c.indent {
			t.Errorf("StatusOf(%q) = %v, %d; want %v, %d", c.src, got.Is, got.Indent, c.want, c.indent)
		}
	}
}
