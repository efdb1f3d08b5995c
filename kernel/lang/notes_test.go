package lang_test

import (
	"context"
	"slices"
	"testing"

	"github.com/gossl/gossl/kernel/lang"
)

// TestNotes: a cell's author is told of added imports once, and of what still uses an old definition.
func TestNotes(t *testing.T) {
	in := newInterp(t)
	for _, step := range []struct {
		name, src string
		want      []string
	}{
		{"In[1]", "type P struct{ X int }", nil},
		{"In[2]", "func f(p P) string { return fmt.Sprint(p.X) }", []string{`imported "fmt"`}},
		{"In[3]", `fmt.Sprint("again")`, nil},
		{"In[4]", "type P struct{ Y string }", []string{"f (In[2]) still uses the P of In[1]; run In[2] again to change that"}},
		{"In[5]", "func count() int { return 1 }\nfunc twice() int { return 2 * count() }", nil},
		{"In[6]", "func count() int { return 5 }", nil},
		{"In[7]", "func count() string { return \"five\" }", []string{"twice (In[5]) still uses the count of In[6]; run In[5] again to change that"}},
		{"In[8]", "func count() int { return 7 }", nil},
	} {
		var got []string
		note := func(text string) { got = append(got, text) }
		if _, err := in.Eval(context.Background(), lang.Cell{Name: step.name, Src: step.src}, lang.IO{Note: note}); err != nil {
			t.Fatalf("%s: %v", step.src, err)
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("notes of %q = %q, want %q", step.src, got, step.want)
		}
	}
}
