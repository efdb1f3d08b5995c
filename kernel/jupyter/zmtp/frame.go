package zmtp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Message is one multipart message: its frames, in order. A message that is
// queued for several peers is shared, so nobody may write into its frames.
type Message [][]byte

// size is what a message counts for in a queue: its bytes and a share of overhead,
// so that a flood of empty messages is bounded too.
func (m Message) size() int {
	n := 64
	for _, f := range m {
		n += len(f) + 32
	}
	return n
}

// The flag bits of a frame (RFC 37, section "Framing").
const (
	flagMore    = 1 << 0
	flagLong    = 1 << 1
	flagCommand = 1 << 2
)

// frame is one ZMTP frame: a command, or a part of a message.
type frame struct {
	more    bool
	command bool
	body    []byte
}

// frameReader cuts a byte stream into frames. It trusts no length: a body grows
// as its bytes arrive, and a frame above max ends the connection.
type frameReader struct {
	r   *bufio.Reader
	max int64
}

var errFlags = errors.New("zmtp: frame with reserved flag bits, or a command in several parts")

// next reads one frame.
func (fr *frameReader) next() (frame, error) {
	flags, err := fr.r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&(flagMore|flagCommand) == flagMore|flagCommand {
		return frame{}, errFlags
	}
	var size uint64
	if flags&flagLong != 0 {
		var b [8]byte
		if _, err := io.ReadFull(fr.r, b[:]); err != nil {
			return frame{}, unexpected(err)
		}
		size = binary.BigEndian.Uint64(b[:])
	} else {
		b, err := fr.r.ReadByte()
		if err != nil {
			return frame{}, unexpected(err)
		}
		size = uint64(b)
	}
	if size > uint64(fr.max) {
		return frame{}, fmt.Errorf("zmtp: frame of %d bytes, the limit is %d", size, fr.max)
	}
	body, err := readBody(fr.r, int(size))
	if err != nil {
		return frame{}, unexpected(err)
	}
	return frame{more: flags&flagMore != 0, command: flags&flagCommand != 0, body: body}, nil
}

// readBody reads size bytes. Memory is only claimed as bytes come in, so a peer
// cannot make us allocate by announcing a large frame.
func readBody(r io.Reader, size int) ([]byte, error) {
	const step = 1 << 20
	if size <= step {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	body := make([]byte, step)
	have := 0
	for {
		n, err := io.ReadFull(r, body[have:])
		have += n
		if err != nil || have == size {
			return body[:have], err
		}
		grown := make([]byte, min(size, 2*len(body)))
		copy(grown, body)
		body = grown
	}
}

// unexpected turns an end of the stream inside a frame into an error that says so.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeFrame writes one frame; the caller flushes.
func writeFrame(w *bufio.Writer, f frame) error {
	var flags byte
	if f.more {
		flags |= flagMore
	}
	if f.command {
		flags |= flagCommand
	}
	var head [9]byte
	n := 2
	if len(f.body) > 255 {
		flags |= flagLong
		binary.BigEndian.PutUint64(head[1:], uint64(len(f.body)))
		n = 9
	} else {
		head[1] = byte(len(f.body))
	}
	head[0] = flags
	if _, err := w.Write(head[:n]); err != nil {
		return err
	}
	_, err := w.Write(f.body)
	return err
}
