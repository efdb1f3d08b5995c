// Package jupyter serves a session to Jupyter clients: JupyterLab, Notebook, VS
// Code, nbclient. It speaks the messaging protocol 5.5.
//
//	err := jupyter.Serve(ctx, shell, "kernel-1234.json", jupyter.Options{})
//
// How a cell runs: its execute_request arrives on the shell channel (serve), has
// its signature checked (wire), waits its turn (shell) and is dispatched: busy,
// what the cell shows, the reply, idle. Package kernel runs the cell; what it
// prints and displays goes to an output, which batches streams and keeps the
// request as parent, also for goroutines that outlive their cell.
//
// The control channel has its own goroutine, so that interrupts, shutdown and
// kernel_info are answered while a cell is busy; so is everything that comes by a
// subshell. The cells of a shell run one at a time; those of several shells run beside
// each other, with the same definitions. An interrupt ends all that run.
//
// What the protocol leaves open is decided thus:
//
//   - A message without a valid signature, or one that was received before, is
//     dropped and logged. An empty key is refused.
//   - After an error, cells that were sent before the client could know of it are
//     aborted, unless their request said otherwise.
//   - The first subscriber gets what was published before it came; every
//     subscriber gets iopub_welcome.
//   - A client that reads slowly slows the cell that prints down, a little; one
//     that has stopped reading loses output, but not what says that a cell ended.
//   - At shutdown the running cell is interrupted, waiting ones are aborted, and
//     everything that was published reaches its clients.
//
// Package zmtp below is the transport, kernelspec tells Jupyter where the program
// is, and gonb shows what cells display through GoNB's packages, and connects their page.
//
// Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html and the
// Jupyter enhancement proposals 65 (iopub_welcome) and 91 (subshells).
package jupyter
