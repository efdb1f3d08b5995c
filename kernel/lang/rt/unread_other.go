//go:build !unix

package rt

import "os"

// unread cannot tell here; more input is then asked for at once.
func unread(*os.File) bool { return false }
