package symbol

import (
	"fmt"
	"go/constant"
	"go/token"
	"reflect"
	"testing"

	"github.com/gossl/gossl/kernel/lang/rt"
)

func TestValueOfConstants(t *testing.T) {
	third := constant.BinaryOp(constant.MakeInt64(1), token.QUO, constant.MakeInt64(3))
	for _, c := range []struct {
		entry any
		want  constant.Value
	}{
		{Bool(true), constant.MakeBool(true)},
		{Int("-5"), constant.MakeInt64(-5)},
		{Int("1267650600228229401496703205376"), constant.Shift(constant.MakeInt64(1), token.SHL, 100)},
		{Rune("120"), constant.MakeInt64('x')},
		{Float("1/3"), third},
		{Float("-1/4"), constant.MakeFloat64(-0.25)},
		{Float("0x.8p+1"), constant.MakeFloat64(1)},
		{String("é"), constant.MakeString("é")},
		{Complex{"0", "2"}, constant.MakeImag(constant.MakeInt64(2))},
	} {
		got, ok := Value(c.entry).Interface().(constant.Value)
		if !ok || !constant.Compare(got, token.EQL, c.want) {
			t.Errorf("Value(%#v) = %v, want %v", c.entry, got, c.want)
		}
	}
}

func TestHas(t *testing.T) {
	typ := rt.Named("main.T").Method("M", rt.FuncOf(nil, nil, false), func(any) int { return 1 })
	b := rt.Box{T: typ, V: 1}
	if !Has[func(any) int](b, "M") || Has[func(any) string](b, "M") || Has[func(any) int](b, "N") {
		t.Error("Has does not tell the methods of a box apart")
	}
}

func ExampleValue() {
	limit := 10
	fmt.Println(Value(&limit).CanSet())         // a variable
	fmt.Println(Value((*error)(nil)).Type())    // a type
	fmt.Println(Value(fmt.Sprint).Kind())       // a function
	fmt.Println(Value(Int("0x10")).Interface()) // an untyped constant
	fmt.Println(Value(reflect.Int).Interface()) // a typed one
	// Output:
	// true
	// *error
	// func
	// 16
	// int
}
