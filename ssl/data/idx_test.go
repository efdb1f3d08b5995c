package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// idxBytes is an idx file of the given dimensions and data.
func idxBytes(data []uint8, dims ...uint32) []byte {
	out := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		out = binary.BigEndian.AppendUint32(out, d)
	}
	return append(out, data...)
}

func gz(t *testing.T, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// writeMNIST writes an MNIST-like set of 20 + 10 images of 2×3, two of each class.
func writeMNIST(t *testing.T, dir string, compressed bool) {
	t.Helper()
	pixels := make([]uint8, 20*6)
	labels := make([]uint8, 20)
	for i := range pixels {
		pixels[i] = uint8(7 * i)
	}
	for i := range labels {
		labels[i] = uint8(i % 10)
	}
	for i, raw := range [][]byte{
		idxBytes(pixels, 20, 2, 3), idxBytes(labels, 20),
		idxBytes(pixels[:60], 10, 2, 3), idxBytes(labels[:10], 10),
	} {
		name := mnistStems[i]
		if compressed {
			name, raw = name+".gz", gz(t, raw)
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadIDX(t *testing.T) {
	want := []uint8{1, 2, 3, 4, 5, 6}
	for name, raw := range map[string][]byte{"plain": idxBytes(want, 2, 3), "gzip": gz(t, idxBytes(want, 2, 3))} {
		got, err := readIDX(name, bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(got.Dims, []int{2, 3}) || !slices.Equal(got.Data, want) {
			t.Errorf("%s: readIDX = %v, want dims [2 3], data %v", name, got, want)
		}
	}
}

func TestReadIDXCorrupt(t *testing.T) {
	sound := idxBytes([]uint8{1, 2, 3, 4, 5, 6}, 2, 3)
	flipped := gz(t, sound)
	flipped[len(flipped)-6] ^= 0xff // the checksum
	tests := []struct {
		name   string
		raw    []byte
		offset int64
		want   string
	}{
		{"empty", nil, 0, "magic number, found the end"},
		{"no idx at all", []byte("hello, world"), 0, "found 68 65 6c"},
		{"other element type", append([]byte{0, 0, 0x0d, 1}, sound[4:]...), 0, "unsigned bytes"},
		{"no dimensions", []byte{0, 0, 8, 0}, 3, "1 to 8 dimensions, found 0"},
		{"header cut", sound[:10], 10, "dimension 2 of 2, found the end"},
		{"zero dimension", idxBytes(nil, 0, 3), 4, "found 0"},
		{"absurd dimensions", idxBytes(nil, 1<<31, 1<<31), 8, "4 GiB"},
		{"announces more than it holds", idxBytes([]uint8{1}, 1<<30), 9, "1073741824 bytes of data"},
		{"data cut", sound[:len(sound)-1], 17, "6 bytes of data for dimensions [2 3], found the end"},
		{"overlong", append(slices.Clone(sound), 9), 18, "found more"},
		{"gzip cut", gz(t, sound)[:25], -1, ""},
		{"gzip checksum", flipped, 18, "invalid checksum"},
		{"gzip header", []byte{0x1f, 0x8b, 0, 0}, 0, "gzip header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readIDX("some/file", bytes.NewReader(tt.raw))
			var bad *FormatError
			if !errors.As(err, &bad) {
				t.Fatalf("error = %v, want a *FormatError", err)
			}
			if tt.offset >= 0 && bad.Offset != tt.offset {
				t.Errorf("Offset = %d, want %d", bad.Offset, tt.offset)
			}
			for _, part := range []string{"some/file: offset", tt.want, "fetch it again"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
		})
	}
}

func TestLoadMNISTMismatch(t *testing.T) {
	tests := []struct {
		name, stem string
		raw        []byte
		want       string
	}{
		{"labels for images", mnistStems[0], idxBytes([]uint8{1, 2}, 2), "want 3 dimensions"},
		{"images for labels", mnistStems[1], idxBytes([]uint8{1, 2}, 1, 1, 2), "want 1 dimension"},
		{"too few labels", mnistStems[1], idxBytes([]uint8{1, 2}, 2), "want 20 labels"},
		{"label out of range", mnistStems[3], idxBytes([]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 10}, 10), "want a label below 10, found 10"},
		{"test of another size", mnistStems[2], idxBytes(make([]uint8, 60), 10, 3, 2), "want images of 2×3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeMNIST(t, dir, false)
			if err := os.WriteFile(filepath.Join(dir, tt.stem), tt.raw, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := LoadMNIST(dir, "toy", nil)
			var bad *FormatError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error = %v, want a *FormatError with %q", err, tt.want)
			}
		})
	}
}

func TestLoadMNIST(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, true)
	set, err := LoadMNIST(dir, "toy", nil)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if err := set.Check(); err != nil {
		t.Errorf("Check() = %v", err)
	}
	if got, want := set.Train.Pixels(1), []uint8{42, 49, 56, 63, 70, 77}; !slices.Equal(got, want) {
		t.Errorf("Pixels(1) = %v, want %v", got, want)
	}
	if set.Test.Labels[9] != 9 {
		t.Errorf("test label 9 = %d, want 9", set.Test.Labels[9])
	}
}
