//go:build !unix

package device

// apiVersion is known here only after go-xla has called the plugin.
func apiVersion(string) string { return "" }

// load loads nothing here: the plugins that need others first are Linux's.
func load(string) bool { return false }
