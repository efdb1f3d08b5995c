package data

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzReadIDX: any bytes give a sound array or a *FormatError, and never a panic.
func FuzzReadIDX(f *testing.F) {
	f.Add(idxBytes([]uint8{1, 2, 3, 4, 5, 6}, 2, 3))
	f.Add(idxBytes(nil, 1<<31, 1<<31))
	f.Add([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		x, err := readIDX("fuzz", bytes.NewReader(raw))
		var bad *FormatError
		if err != nil {
			if !errors.As(err, &bad) || bad.Want == "" || bad.Remedy == "" {
				t.Fatalf("error %v is no complete *FormatError", err)
			}
			return
		}
		size := 1
		for _, d := range x.Dims {
			size *= d
		}
		if size != len(x.Data) {
			t.Fatalf("%d bytes for dimensions %v", len(x.Data), x.Dims)
		}
	})
}

// FuzzReadNPY does the same for NumPy arrays.
func FuzzReadNPY(f *testing.F) {
	f.Add(npyBytes("|u1", "2, 1, 1", []byte{9, 8}))
	f.Add(npyBytes("<i8", "2,", int64s(1, 0)))
	f.Add([]byte("\x93NUMPY\x02\x00\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := readNPY("fuzz", bytes.NewReader(raw))
		var bad *FormatError
		if err != nil {
			if !errors.As(err, &bad) || bad.Want == "" || bad.Remedy == "" {
				t.Fatalf("error %v is no complete *FormatError", err)
			}
			return
		}
		size := npySizes[a.kind]
		for _, d := range a.shape {
			size *= d
		}
		if size != len(a.data) {
			t.Fatalf("%d bytes for %s %v", len(a.data), a.kind, a.shape)
		}
	})
}
