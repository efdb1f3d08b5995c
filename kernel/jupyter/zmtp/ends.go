package zmtp

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// ordinaryEnd tells a peer that left, or that we cut off, from one that broke the
// protocol.
func ordinaryEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
