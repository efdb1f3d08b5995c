package sparse_test

import (
	"fmt"

	"github.com/gossl/gossl/ssl/sparse"
)

func Example() {
	head := sparse.GroupHoyer(0.05)
	fmt.Println(head)
	fmt.Println(sparse.GroupL21(0.01).WithProximal())
	fmt.Println(sparse.GroupHoyer(-1).Check())

	// Three features, of which the second has fallen silent.
	m := sparse.Measure([]float64{3, 4, 0, 0, 0, 5}, 3, 2)
	fmt.Printf("%d of %d zero, Hoyer %.3f, Gini %.3f, effective %.1f\n", m.Zero, m.Features, m.Hoyer, m.Gini, m.Effective)
	// Output:
	// group-hoyer λ=0.05
	// group-l21 λ=0.01 (proximal)
	// lambda is -1; it must be between 0 and 1e+06
	// 1 of 3 zero, Hoyer 0.434, Gini 0.333, effective 2.0
}
