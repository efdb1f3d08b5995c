package check

// builtins tell about Go's predeclared functions, which no package documents. (Go
// specification, "Built-in functions"; signatures as in package builtin.)
var builtins = map[string]struct{ signature, doc string }{
	"append":  {"func append(slice []Type, elems ...Type) []Type", "append returns the slice with the elements behind it, in a new array when the old one is full.\n"},
	"cap":     {"func cap(v Type) int", "cap returns how many elements a slice, array or channel has room for.\n"},
	"clear":   {"func clear[T ~[]Type | ~map[Type]Type1](t T)", "clear deletes all entries of a map, or sets all elements of a slice to zero.\n"},
	"close":   {"func close(c chan<- Type)", "close says that nothing more will be sent on a channel. Receiving goes on until it is empty.\n"},
	"complex": {"func complex(r, i FloatType) ComplexType", "complex makes a complex number of its real and imaginary parts.\n"},
	"copy":    {"func copy(dst, src []Type) int", "copy copies as many elements as both slices have, and returns how many these are.\n"},
	"delete":  {"func delete(m map[Type]Type1, key Type)", "delete removes the entry of a key from a map, if there is one.\n"},
	"imag":    {"func imag(c ComplexType) FloatType", "imag returns the imaginary part of a complex number.\n"},
	"len":     {"func len(v Type) int", "len returns the number of elements of an array, slice, map or channel, or of bytes in a string.\n"},
	"make":    {"func make(t Type, size ...IntegerType) Type", "make makes a slice of a length and capacity, a map, or a channel of a capacity.\n"},
	"max":     {"func max[T cmp.Ordered](x T, y ...T) T", "max returns the largest of its arguments; NaN if one of them is.\n"},
	"min":     {"func min[T cmp.Ordered](x T, y ...T) T", "min returns the smallest of its arguments; NaN if one of them is.\n"},
	"new":     {"func new(Type or expression) *Type", "new returns a pointer to a new variable, zero or of the expression's value.\n"},
	"panic":   {"func panic(v any)", "panic ends the function, running deferred calls, and so on up the callers until one recovers.\n"},
	"print":   {"func print(args ...Type)", "print writes its arguments to standard error.\n"},
	"println": {"func println(args ...Type)", "println writes its arguments to standard error, spaces between them and a newline behind.\n"},
	"real":    {"func real(c ComplexType) FloatType", "real returns the real part of a complex number.\n"},
	"recover": {"func recover() any", "recover, called by a deferred function, stops a panic and returns its value.\n"},
	"nil":     {"var nil Type", "nil is the zero value of pointers, channels, functions, interfaces, maps and slices.\n"},
}
