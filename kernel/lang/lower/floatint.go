package lower

import (
	"go/types"
	"strings"
)

// floatToInteger converts a float to an integer type as compiled code does. The interpreter converts by way of 64
// bits, which gives other results for what the type cannot hold; those the runtime converts.
func (e *emitter) floatToInteger(text string, to *types.Basic, T types.Type) string {
	limits, ok := integerLimits[to.Kind()]
	if !ok {
		return cast(e.rep(T), text)
	}
	x := e.tmp("float64(" + text + ")")
	r := e.tmp(cast(e.rep(T), x))
	e.w("if !(%s > %s && %s < %s) { %s = %s(%s(%s)) }", x, limits[0], x, limits[1], r, e.t(T), e.rt("FloatTo"+strings.ToUpper(to.Name()[:1])+to.Name()[1:]), x)
	return r
}

// integerLimits are the integer types narrower than 64 bits, and between which floats their values lie.
var integerLimits = map[types.BasicKind][2]string{
	types.Int8: {"-129.0", "128.0"}, types.Int16: {"-32769.0", "32768.0"}, types.Int32: {"-2147483649.0", "2147483648.0"},
	types.Uint8: {"-1.0", "256.0"}, types.Uint16: {"-1.0", "65536.0"}, types.Uint32: {"-1.0", "4294967296.0"},
}
