package plot_test

import (
	"fmt"

	"github.com/gossl/gossl/ssl/plot"
)

func Example() {
	var steps, losses []float64
	for i := range 50 {
		steps = append(steps, float64(i+1))
		losses = append(losses, 2+4/float64(i+1))
	}
	fig := plot.Curves("SimCLR", "step", plot.Series{Name: "loss", X: steps, Y: losses})
	fig.Marks = []plot.Mark{{X: 20, Text: "λ 0.05 → 0.5"}}
	fmt.Println(fig)
	// Output:
	// SimCLR
	//           loss: 6 → 2.08
	//        6 ┤⡇                         ┊
	//          │⢇                         ┊
	//          │⢸                         ┊
	//          │⢸                         ┊
	//          │⢸                         ┊
	//          │⠈⡆                        ┊
	//          │ ⡇                        ┊
	//     4.04 ┤ ⢣                        ┊
	//          │ ⠈⡆                       ┊
	//          │  ⠱⡀                      ┊
	//          │   ⠘⢄                     ┊
	//          │     ⠑⠤⡀                  ┊
	//          │       ⠈⠑⠢⠤⠤⣀⣀⡀           ┊
	//     2.08 ┤              ⠈⠉⠉⠑⠒⠒⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
	//          └─────────────────────────────────────────────────────────────────────
	//           1                               step                               50
	//          ┊ 20: λ 0.05 → 0.5
}
