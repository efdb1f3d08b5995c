package repl

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guard is a small process that outlives a crash of this one and then makes the terminal usable again: a Go program
// that is killed, or runs out of memory, runs no deferred call.
type guard struct {
	cmd   *exec.Cmd
	alive io.WriteCloser
}

// guardScript waits for the end of its standard input. A program that ended by itself has said so.
const guardScript = `trap "" INT QUIT TSTP TTOU HUP TERM
read -r end
[ "$end" = ok ] || { stty sane; printf '\033[?2004l\n'; } <&3 >&3 2>/dev/null`

// newGuard starts the guard. Without sh and stty there is none, and nil is returned.
func newGuard(tty *os.File) *guard {
	cmd := exec.Command("sh", "-c", guardScript)
	cmd.ExtraFiles = []*os.File{tty}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what the terminal sends to this program is not for the guard
	alive, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return nil
	}
	return &guard{cmd, alive}
}

// dismiss tells the guard that the terminal has been put back, and waits for its end.
func (g *guard) dismiss() {
	if g == nil {
		return
	}
	io.WriteString(g.alive, "ok\n") // an error means that it is gone
	g.alive.Close()
	g.cmd.Wait()
}
