package lower

import "unsafe"

var unsafePointer unsafe.Pointer
