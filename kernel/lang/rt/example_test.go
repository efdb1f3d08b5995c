package rt_test

import (
	"fmt"
	"os"
	"time"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// A defined type with a method, as lowered code describes it, prints as Go would
// print it, alone and inside of other values.
func Example() {
	text := rt.Of((*string)(nil))
	color := rt.Named("main.Color").Def(rt.Of((*int)(nil)))
	color.Method("String", rt.FuncOf(nil, []*rt.Type{text}, false),
		func(recv any) string { return [...]string{"Red", "Green", "Blue"}[recv.(int)] })
	blue := rt.Mk(color, 2)
	fmt.Println(rt.Sprintf("%v %d %T", blue, blue, blue))
	fmt.Println(rt.Mk(rt.SliceOf(color), []int{0, 1}), []any{blue, nil, 3})
	fmt.Println(rt.Is(blue, color), rt.Is(2, color), rt.Eq(blue, rt.Mk(color, 2)), rt.Eq(blue, 2))
	// Output:
	// Blue 2 main.Color
	// [Red Green] [Blue <nil> 3]
	// true false true false
}

// A cell ends when it is interrupted, wherever it waits.
func ExampleCell() {
	c := rt.NewCell(rt.Config{Name: "In[1]", Stdout: os.Stdout})
	waiting := make(chan struct{})
	go func() {
		<-waiting
		c.Interrupt()
	}()
	err := c.Run(func() {
		fmt.Fprintln(rt.Stdout, "written by", rt.Current().Name())
		close(waiting)
		rt.Recv(make(chan int), nil)
	}, time.Minute)
	fmt.Println(err)
	// Output:
	// written by In[1]
	// interrupted
}

func ExampleLong() {
	point := rt.Named("main.Point").Def(rt.StructOf(rt.F("x", rt.Of((*int)(nil)), ""), rt.F("y", rt.Of((*int)(nil)), "")))
	type rep struct{ X, Y int }
	fmt.Println(rt.Short(rt.Mk(rt.SliceOf(point), []rep{{1, 2}, {3, 4}}), 30))
	fmt.Println(rt.Long(rt.Mk(rt.SliceOf(point), []rep{{1, 2}, {3, 4}}), 30, 10))
	// Output:
	// [{1 2} {3 4}]
	// []main.Point{
	//   main.Point{x: 1, y: 2},
	//   main.Point{x: 3, y: 4},
	// }
}
