package data

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// npyBytes is a .npy file of version 1, its header padded as NumPy pads it.
func npyBytes(kind, shape string, data []byte) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, shape)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(out, header...), data...)
}

// int64s is labels as NumPy's default integers.
func int64s(v ...int64) []byte {
	var out []byte
	for _, x := range v {
		out = binary.LittleEndian.AppendUint64(out, uint64(x))
	}
	return out
}

func writeNPZ(t *testing.T, arrays map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "set.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, raw := range arrays {
		w, err := z.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadNPZ(t *testing.T) {
	path := writeNPZ(t, map[string][]byte{
		"x_train": npyBytes("|u1", "3, 1, 2", []byte{1, 2, 3, 4, 5, 6}), "y_train": npyBytes("<i8", "3,", int64s(2, 0, 1)),
		"x_test": npyBytes("|u1", "1, 1, 2", []byte{7, 8}), "y_test": npyBytes("|u1", "1, 1", []byte{2}),
	})
	set, err := LoadNPZ(path, "toy", nil)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if !slices.Equal(set.Train.Pixels(1), []uint8{3, 4}) || !slices.Equal(set.Train.Labels, []int32{2, 0, 1}) || !slices.Equal(set.Test.Labels, []int32{2}) || !slices.Equal(set.Classes, []string{"0", "1", "2"}) {
		t.Errorf("%v: %+v, %+v", set, set.Train, set.Test)
	}
	noTest := writeNPZ(t, map[string][]byte{"x_train": npyBytes("|u1", "1, 1, 1, 3", []byte{1, 2, 3}), "y_train": npyBytes("<i4", "1,", []byte{0, 0, 0, 0})})
	set, err = LoadNPZ(noTest, "toy", []string{"only"})
	if err != nil || set.Train.Channels != 3 || set.Test.N != 0 {
		t.Errorf("without test images: %v, %v", set, err)
	}
	if _, err := LoadNPZ(writeNPZ(t, map[string][]byte{"x_train": npyBytes("|u1", "1, 1, 1", []byte{1})}), "toy", nil); err == nil || !strings.Contains(err.Error(), `no array "y_train"`) {
		t.Errorf("error = %v, want one about the labels", err)
	}
	if _, err := LoadNPZ(filepath.Join(t.TempDir(), "no.npz"), "toy", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want os.ErrNotExist", err)
	}
}

func TestLoadNPY(t *testing.T) {
	dir := t.TempDir()
	x, y := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	write(t, x, npyBytes("|u1", "2, 1, 1", []byte{9, 8}))
	write(t, y, npyBytes("<i8", "2,", int64s(1, 0)))
	set, err := LoadNPY(x, y, "toy", []string{"a", "b"})
	if err != nil || !slices.Equal(set.Train.Labels, []int32{1, 0}) {
		t.Fatalf("%v, %v", set, err)
	}
	reopens(t, set)
	if set, err = LoadNPY(x, "", "toy", nil); err != nil || set.Unlabelled.N != 2 || set.Train.N != 0 {
		t.Errorf("without labels: %v, %v", set, err)
	}
	fortran := []byte(strings.Replace(string(npyBytes("|u1", "2, 1, 1", []byte{9, 8})), "False", "True ", 1))
	sound := npyBytes("|u1", "2, 1, 1", []byte{9, 8})
	images := map[string][]byte{
		"found the end of the file":      sound[:len(sound)-1],
		"found more":                     append(slices.Clone(sound), 0),
		"want a NumPy array":             []byte("GIF89a, no array"),
		"found |u1, fortran_order True":  fortran,
		"found <f4, fortran_order False": npyBytes("<f4", "2, 1, 1", make([]byte, 8)),
		"want images as uint8":           npyBytes("<i2", "2, 1, 1", make([]byte, 4)),
		"found |u1 [2]":                  npyBytes("|u1", "2,", []byte{1, 2}),
		"make 1 byte to 4 GiB":           npyBytes("|u1", "4000000000, 4000000000, 1", nil),
		"found (2, 0, 1)":                npyBytes("|u1", "2, 0, 1", nil),
		"descr, fortran_order and shape": []byte("\x93NUMPY\x01\x00\x02\x00{}"),
		"at most 65536 bytes":            []byte("\x93NUMPY\x02\x00\xff\xff\xff\x7f"),
	}
	for want, raw := range images {
		write(t, x, raw)
		var bad *FormatError
		if _, err := LoadNPY(x, y, "toy", nil); !errors.As(err, &bad) || bad.File != x || bad.Remedy == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want a *FormatError with %q", err, want)
		}
	}
	write(t, x, sound)
	for want, raw := range map[string][]byte{
		"want 2 labels, found shape [3]":    npyBytes("<i8", "3,", int64s(0, 1, 0)),
		"want 2 labels, found shape [2 2]":  npyBytes("|u1", "2, 2", []byte{0, 1, 0, 1}),
		"want 2 labels, found shape []":     npyBytes("|u1", "", []byte{0}),
		"want a label from 0 on, found -1":  npyBytes("|i1", "2,", []byte{0, 255}),
		"label 70000 is too large":          npyBytes("<i8", "2,", int64s(0, 70000)),
		"class 1 (1) has no training image": npyBytes("<u2", "2,", []byte{2, 0, 0, 0}),
	} {
		write(t, y, raw)
		if _, err := LoadNPY(x, y, "toy", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one with %q", err, want)
		}
	}
}
