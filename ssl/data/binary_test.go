package data

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// planes is an image's bytes as CIFAR stores them: pixel k is (k, k+1, k+2) modulo 256.
func planes(n int) []byte {
	out := make([]byte, 3*n)
	for c := range 3 {
		for k := range n {
			out[c*n+k] = byte(k + c)
		}
	}
	return out
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

// cifar10 writes a small CIFAR-10: one image of each class in each batch.
func cifar10(t *testing.T, dir string) {
	t.Helper()
	var batch []byte
	for l := range 10 {
		batch = append(append(batch, byte(l)), planes(1024)...)
	}
	for _, f := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"} {
		write(t, filepath.Join(dir, "cifar-10-batches-bin", f), batch)
	}
}

func TestLoadCIFAR10(t *testing.T) {
	dir := t.TempDir()
	cifar10(t, dir)
	set, err := LoadCIFAR10(dir)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	if set.Train.N != 50 || set.Test.N != 10 || set.Train.Labels[13] != 3 || set.Classes[3] != "cat" {
		t.Errorf("%v, label 13 is %d", set, set.Train.Labels[13])
	}
	if got := set.Train.Pixels(7)[3*33 : 3*33+6]; !slices.Equal(got, []uint8{33, 34, 35, 34, 35, 36}) {
		t.Errorf("pixels 33 and 34 = %v", got)
	}
	bad := filepath.Join(dir, "cifar-10-batches-bin", "data_batch_3.bin")
	raw, err := os.ReadFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		raw    []byte
		offset int64
		want   string
	}{
		"cut":   {raw[:5000], 5000, "want a record of 3073 bytes, found 1927"},
		"label": {append(slices.Clone(raw[:3073]), slices.Concat([]byte{10}, planes(1024))...), 3073, "want a label below 10, found 10"},
		"empty": {nil, 0, "found an empty file"},
	} {
		write(t, bad, tt.raw)
		_, err := LoadCIFAR10(dir)
		var f *FormatError
		if !errors.As(err, &f) || f.File != bad || f.Offset != tt.offset || !strings.Contains(f.Want, tt.want) {
			t.Errorf("%s: error = %v, want a *FormatError at %d with %q", name, err, tt.offset, tt.want)
		}
	}
	if _, err := LoadCIFAR10(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want fs.ErrNotExist", err)
	}
}

func TestLoadCIFAR100(t *testing.T) {
	dir := t.TempDir()
	var raw []byte
	for fine := range 100 {
		raw = append(append(raw, byte(fine/5), byte(fine)), planes(1024)...)
	}
	write(t, filepath.Join(dir, "train.bin"), raw)
	write(t, filepath.Join(dir, "test.bin"), raw)
	write(t, filepath.Join(dir, "coarse_label_names.txt"), []byte(strings.Repeat("x\n", 19)+"last\n"))
	fine, err := LoadCIFAR100(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	coarse, err := LoadCIFAR100(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, fine)
	reopens(t, coarse)
	if fine.Train.Labels[99] != 99 || fine.Classes[99] != "99" || coarse.Train.Labels[99] != 19 || coarse.Classes[19] != "last" {
		t.Errorf("fine label %d (%s), coarse %d (%s)", fine.Train.Labels[99], fine.Classes[99], coarse.Train.Labels[99], coarse.Classes[19])
	}
	for _, s := range []*Set{fine, coarse} {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestLoadSTL10(t *testing.T) {
	dir := t.TempDir()
	image := make([]byte, stlBytes)
	image[(2*stlSide+5)*stlSide+7] = 200 // blue, column 5, row 7
	var all []byte
	for range 10 {
		all = append(all, image...)
	}
	labels := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, stem := range []string{"train", "test"} {
		write(t, filepath.Join(dir, "stl10_binary", stem+"_X.bin"), all)
		write(t, filepath.Join(dir, "stl10_binary", stem+"_y.bin"), labels)
	}
	write(t, filepath.Join(dir, "stl10_binary", "unlabeled_X.bin"), all)
	set, err := LoadSTL10(dir, 4)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	if set.Train.N != 10 || set.Unlabelled.N != 4 || set.Train.Labels[9] != 9 || set.Train.Pixels(3)[(7*stlSide+5)*3+2] != 200 {
		t.Errorf("%v: label 9 is %d", set, set.Train.Labels[9])
	}
	write(t, filepath.Join(dir, "stl10_binary", "test_y.bin"), []byte{1, 2, 3, 0, 5, 6, 7, 8, 9, 10})
	var f *FormatError
	if _, err := LoadSTL10(dir, 0); !errors.As(err, &f) || f.Offset != 3 {
		t.Errorf("error = %v, want a *FormatError at 3", err)
	}
	write(t, filepath.Join(dir, "stl10_binary", "train_X.bin"), all[:stlBytes+9])
	if _, err := LoadSTL10(dir, 0); !errors.As(err, &f) || f.Offset != stlBytes+9 {
		t.Errorf("error = %v, want a *FormatError at %d", err, stlBytes+9)
	}
}
