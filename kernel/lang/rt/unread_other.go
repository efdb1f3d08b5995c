//go:build !unix

package rt

import "os"

// Unread cannot tell here; more input is then asked for at once.
func Unread(*os.File) bool { return false }
