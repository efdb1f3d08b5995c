package lang_test

import (
	"strings"
	"testing"
)

// TestPanicChain: a program that a panic ends prints the panics in whose deferred calls it came, as compiled Go does.
func TestPanicChain(t *testing.T) {
	for body, want := range map[string]string{
		`defer func() { panic(2) }(); panic(1)`:                                                       "panic: 1\n\tpanic: 2",
		`defer func() { r := recover(); panic("again " + r.(string)) }(); panic("one")`:               "panic: one [recovered]\n\tpanic: again one",
		`defer func() { r := recover(); panic(r) }(); panic("one")`:                                   "panic: one [recovered, repanicked]",
		`defer func() { panic(3) }(); func() { defer func() { panic(recover()) }(); panic("one") }()`: "panic: one [recovered, repanicked]\n\tpanic: 3",
		`defer func() { defer func() { recover() }(); panic("gone") }(); panic(1)`:                    "panic: 1",
		`defer func() { defer func() { panic("three") }(); panic("two") }(); panic(1)`:                "panic: 1\n\tpanic: two\n\tpanic: three",
		`defer func() { e := recover(); defer func() { panic("last") }(); panic(e) }(); panic(E{1})`:  "panic: an E [recovered, repanicked]\n\tpanic: last",
		`defer func() { recover(); panic([]int{1}[len(s)]) }(); panic(s)`:                             "panic: ([]int) ADDRESS [recovered]\n\tpanic: runtime error: index out of range [3] with length 1",
		`func() { defer func() { recover() }(); defer func() { panic(2) }(); panic(1) }(); panic(3)`:  "panic: 3",
	} {
		src := "package main\n\nvar s = []int{1, 2, 3}\n\ntype E struct{ n int }\n\nfunc (E) Error() string { return \"an E\" }\n\nfunc main() {\n\t" + body + "\n}\n"
		out, status, err := runProgram(t, "p.go", src)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		got, _, _ := strings.Cut(out, "\n\n")
		if before, rest, ok := strings.Cut(got, "([]int) 0x"); ok {
			_, rest, _ = strings.Cut(rest, " ")
			got = before + "([]int) ADDRESS " + rest
		}
		if got != want || status != 2 {
			t.Errorf("%s: status %d\n%s\nwant\n%s", body, status, got, want)
		}
	}
}
