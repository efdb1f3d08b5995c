package check

import (
	"fmt"
	"go/types"
)

// A session of three cells: the third is wrong and changes nothing.
func Example() {
	s := NewScope(std())
	for i, src := range []string{
		"total := 0\nfor i := range 4 {\n\ttotal += i\n}\ntotal",
		"func double(x int) int { return 2 * x }\nfmt.Sprint(double(total))",
		"double(totl)",
	} {
		syn, err := Parse(fmt.Sprintf("In[%d]", i+1), src)
		if err != nil {
			fmt.Println(err)
			continue
		}
		cell, err := s.Check(syn)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("value of type", types.TypeString(cell.ValueType, nil))
		for _, note := range cell.Notes() {
			fmt.Println(note)
		}
		s.Commit(cell)
	}
	fmt.Println(StatusOf("for i := range 4 {").Is)
	// Output:
	// value of type int
	// value of type string
	// imported "fmt"
	// In[3]:1:8: undefined: totl (did you mean total?)
	// 	double(totl)
	// 	       ^
	// incomplete
}

func ExampleScope_Complete() {
	s := NewScope(std())
	for _, c := range s.Complete("strings.Cut", 11).Candidates {
		fmt.Println(c.Text, c.Type)
	}
	// Output:
	// Cut func(s string, sep string) (before string, after string, found bool)
	// CutPrefix func(s string, prefix string) (after string, found bool)
	// CutSuffix func(s string, suffix string) (before string, found bool)
}
