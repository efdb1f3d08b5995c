package shims_test

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/gossl/gossl/stdlib/shims"
)

func ExampleMake() {
	pull, ok := shims.Make("iter", "Pull", reflect.TypeFor[string]())
	fmt.Println(ok)
	next, stop := pull.Interface().(func(func(func(string) bool)) (func() (string, bool), func()))(slices.Values([]string{"a", "b"}))
	defer stop()
	fmt.Println(next())
	fmt.Println(next())
	fmt.Println(next())
	// Output:
	// true
	// a true
	// b true
	//  false
}
