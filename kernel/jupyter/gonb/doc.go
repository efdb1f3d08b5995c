// Package gonb shows what cells display through GoNB's packages, gonbui and those
// below it, which are compiled into this program.
//
// GoNB runs every cell as a program of its own, and gonbui sends what is to be
// shown through a named pipe to the kernel. Here both ends of the pipe are in one
// process: nothing of gonbui is changed, so what it sends is what GoNB gets.
//
// Displays, updates in place and requests for input are shown. Values move between
// the page and the program (gonbui/comms, and dom and widgets, which need it) over a
// comm that a script in the page opens, through the Jupyter server; where there is no
// page, as in nbclient, nobody answers.
//
// Source of the protocol: github.com/janpfeifer/gonb v0.11.4, gonbui/protocol.
package gonb
