package stdlib

import _ "embed" // the archive

// exportPlatform holds export data of the standard packages whose types depend on the platform.
//
//go:embed data/std_export_linux_amd64.zip
var exportPlatform string
