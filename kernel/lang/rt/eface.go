package rt

import "unsafe"

// dataWord is the second word of an interface: where it keeps its value.
func dataWord(x any) uintptr {
	return uintptr((*[2]unsafe.Pointer)(unsafe.Pointer(&x))[1])
}
