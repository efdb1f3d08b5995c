package repl

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// lending is how the filter gives the terminal's input away for a while.
type lending struct {
	ask, asked  *os.File // a pipe that wakes the filter
	given, back chan struct{}
	gone        chan struct{} // closed when the filter has ended
}

func newLending() (*lending, error) {
	asked, ask, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &lending{ask: ask, asked: asked, given: make(chan struct{}), back: make(chan struct{}), gone: make(chan struct{})}, nil
}

// readable waits until the user has pressed a key. Meanwhile the input may be lent.
func (k *keyboard) readable() bool {
	wake := int(k.lending.asked.Fd())
	for {
		var set unix.FdSet
		set.Zero()
		set.Set(syscall.Stdin)
		set.Set(wake)
		if _, err := unix.Select(max(wake, syscall.Stdin)+1, &set, nil, nil, nil); err != nil {
			if errors.Is(err, unix.EINTR) {
				continue
			}
			return false
		}
		if set.IsSet(wake) {
			var b [1]byte
			if _, err := k.lending.asked.Read(b[:]); err != nil {
				return false
			}
			k.lending.given <- struct{}{}
			<-k.lending.back
			continue
		}
		return true
	}
}

// waitsForMore waits until a key can be read, 20 ms at most.
func (k *keyboard) waitsForMore() bool {
	var set unix.FdSet
	set.Set(syscall.Stdin)
	timeout := unix.NsecToTimeval(int64(20 * time.Millisecond))
	n, err := unix.Select(syscall.Stdin+1, &set, nil, nil, &timeout)
	return err == nil && n > 0
}

// lend lets do have the terminal as it was when gossl found it. Nobody reads a key beside it.
func (k *keyboard) lend(do func() error) error {
	if _, err := k.lending.ask.Write([]byte{0}); err != nil {
		return err
	}
	select {
	case <-k.lending.given:
	case <-k.lending.gone:
		return errors.New("the terminal is gone")
	}
	defer func() { k.lending.back <- struct{}{} }()
	now, err := term.GetState(syscall.Stdin)
	if err != nil {
		return fmt.Errorf("the terminal is gone: %w", err)
	}
	if err := term.Restore(syscall.Stdin, k.start); err != nil {
		return err
	}
	defer term.Restore(syscall.Stdin, now) // an error means that the terminal is gone, which the next prompt tells
	return do()
}
