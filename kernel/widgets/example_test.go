package widgets_test

import (
	"context"
	"fmt"
	"io"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/widgets"
	"github.com/gossl/gossl/stdlib"
)

// Where there is no page, widgets show what they hold.
func Example() {
	lambda := widgets.NewFloatSlider("lambda", 0.3, 0, 1)
	method, err := widgets.NewDropdown("method", []string{"SimCLR", "BYOL"})
	if err != nil {
		fmt.Println(err)
		return
	}
	lambda.OnChange(func(v float64) { fmt.Println("lambda is", v) })
	fmt.Println(lambda.SetValue(2))
	fmt.Println(widgets.NewVBox(widgets.NewHTML("<b>settings</b>"), lambda, method, widgets.NewButton("Train")))
	// Output:
	// FloatSlider: value: 2 is not between 0 and 1
	// settings
	// lambda: 0.3 (0 to 1)
	// method: SimCLR (of SimCLR, BYOL)
	// [Train]
}

// A function of a cell with controls for its parameters.
func ExampleInteract() {
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	res, err := s.Execute(context.Background(), `
type Mode int

func (m Mode) String() string { return []string{"off", "on"}[m] }

widgets.Interact(func(x float64, name string, n int, m Mode) string {
	return fmt.Sprint(name, " ", x*float64(n), " ", m)
}, widgets.Range{0, 4}, "x", 3, []Mode{1, 0})
`, show{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Shown.Text())
	// Output:
	// x 6 on
	// parameter 1: 2 (0 to 4)
	// parameter 2: x
	// parameter 3: 3
	// parameter 4: on (of on, off)
}

// show prints what a cell shows.
type show struct{}

func (show) Stream(_, text string)              { fmt.Print(text) }
func (show) Display(_ string, b kernel.Bundle)  { fmt.Println(b.Text()) }
func (show) Input(string, bool) (string, error) { return "", io.EOF }
