// Package device finds, installs, checks and opens the backend that training runs on.
//
//	backend, info, err := device.Open(ctx, "", device.Options{Progress: bar})
//	defer backend.Finalize()
//	fmt.Println(info)      // xla:cpu: xla-cpu-pjrt 0.0.1, PJRT 0.81, 4 devices, …
//	fmt.Println(info.Note) // one line, when there is something that the user should know
//
// [Open] takes a name ("go", "cpu", "cuda:1", "xla:/path/plugin.so"), or GOMLX_BACKEND, or
// else what is best: an installed XLA plugin for CUDA, TPU or CPU; the CPU plugin,
// installed on the spot; the pure-Go backend, which is always there.
//
// Plugins are PJRT libraries out of Python wheels, those for CUDA with NVIDIA's libraries beside them. The table [Pins] fixes each to the
// byte. A [Store] installs them below the user's cache folder: downloads are resumed,
// checked against their SHA-256, unpacked beside their place and renamed into it, under
// a lock that dies with its process. Before a plugin is loaded its files are compared
// with what was installed, and it is tried in a process of its own, so that one that
// crashes, or XLA_FLAGS that it does not know, end in an error and not the session.
// For that trial this package starts the running program again: in that process its
// init function does the work and exits before main begins.
//
// Both backends, go-xla's and GoMLX's pure-Go one, are linked in. go-xla's own installer is
// switched off: it has neither hashes nor time limits.
package device
