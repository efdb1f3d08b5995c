package data

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// IDX is the contents of one idx file of bytes, the format of MNIST.
type IDX struct {
	Dims []int   // the dimensions, outermost first
	Data []uint8 // row-major
}

// maxIDX bounds what a header may announce, so that a corrupt one cannot ask for
// the whole memory: 4 GiB, eighty times the largest MNIST-like file.
const maxIDX = 1 << 32

const fetchAgain = "the file is truncated or corrupt: fetch it again"

// ReadIDX reads an idx file of unsigned bytes, gzip-compressed or plain; which of the
// two is told from its first bytes. A truncated, corrupt or overlong file gives a
// [*FormatError].
func ReadIDX(path string) (*IDX, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return readIDX(path, f)
}

// readIDX reads an idx file from r; name stands in errors.
func readIDX(name string, r io.Reader) (*IDX, error) {
	in := &idxReader{name: name}
	br := bufio.NewReaderSize(r, 1<<16)
	in.r = br
	if magic, err := br.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, in.fail(err, "want a gzip header")
		}
		in.r = z
	}
	var head [4]byte
	if err := in.full(head[:], "the 4-byte idx magic number"); err != nil {
		return nil, err
	}
	if head[0] != 0 || head[1] != 0 || head[2] != 0x08 {
		in.off = 0
		return nil, in.fail(nil, "want the idx magic number 00 00 08 (unsigned bytes), found %02x %02x %02x", head[0], head[1], head[2])
	}
	dims, total := make([]int, head[3]), uint64(1)
	if len(dims) == 0 || len(dims) > 8 {
		in.off = 3
		return nil, in.fail(nil, "want 1 to 8 dimensions, found %d", len(dims))
	}
	for i := range dims {
		var word [4]byte
		if err := in.full(word[:], fmt.Sprintf("dimension %d of %d", i+1, len(dims))); err != nil {
			return nil, err
		}
		d := binary.BigEndian.Uint32(word[:])
		total *= uint64(d)
		if d == 0 || total > maxIDX {
			in.off -= 4
			return nil, in.fail(nil, "want dimension %d between 1 and what makes 4 GiB in all, found %d", i+1, d)
		}
		dims[i] = int(d)
	}
	data, err := in.body(int(total), dims)
	if err != nil {
		return nil, err
	}
	return &IDX{Dims: dims, Data: data}, nil
}

// idxReader counts bytes, so that every error knows its place.
type idxReader struct {
	name string
	r    io.Reader
	off  int64
}

// body reads the elements and makes sure that nothing follows them. It allocates as the
// bytes arrive: a header may announce more than the file holds.
func (in *idxReader) body(total int, dims []int) ([]uint8, error) {
	const chunk = 1 << 24
	data := make([]uint8, 0, min(total, chunk))
	for len(data) < total {
		n := min(chunk, total-len(data))
		if cap(data)-len(data) < n {
			grown := make([]uint8, len(data), min(total, 2*cap(data)+n))
			copy(grown, data)
			data = grown
		}
		part := data[len(data) : len(data)+n]
		if err := in.full(part, fmt.Sprintf("%d bytes of data for dimensions %v", total, dims)); err != nil {
			return nil, err
		}
		data = data[:len(data)+n]
	}
	var extra [1]byte
	switch n, err := io.ReadFull(in.r, extra[:]); {
	case n > 0:
		return nil, in.fail(nil, "want the end of the file after %d bytes of data for dimensions %v, found more", total, dims)
	case err != io.EOF:
		return nil, in.fail(err, "want a sound end of the file")
	}
	return data, nil
}

// full reads all of p, or says what was missing.
func (in *idxReader) full(p []byte, what string) error {
	n, err := io.ReadFull(in.r, p)
	in.off += int64(n)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return in.fail(nil, "want %s, found the end of the file", what)
	}
	return in.fail(err, "want %s", what)
}

func (in *idxReader) fail(cause error, format string, args ...any) error {
	return &FormatError{File: in.name, Offset: in.off, Want: fmt.Sprintf(format, args...), Remedy: fetchAgain, Err: cause}
}
