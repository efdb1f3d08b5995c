package check

import (
	"fmt"
	"sync"
	"testing"
)

// TestConcurrent completes and inspects while cells are checked and committed; the race
// detector looks on.
func TestConcurrent(t *testing.T) {
	s := session(t, completionSession)
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := range 40 {
				switch w {
				case 0:
					syn, err := Parse(fmt.Sprintf("In[%d]", i+2), fmt.Sprintf("v := %d\nfunc (p Point) M%d() int { return v }\nstrconv.Itoa(v)", i, i))
					if err != nil {
						t.Error(err)
						return
					}
					c, err := s.Check(syn)
					if err != nil {
						t.Error(err)
						return
					}
					s.Commit(c)
				case 1:
					s.Complete("point.", 6)
					s.Complete("json.", 5)
				case 2:
					s.Inspect("area(point, 3)", 2, 1)
					s.Defs()
				}
			}
		})
	}
	wg.Wait()
}
