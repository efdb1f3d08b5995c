package data

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEmbeddedFashionMNIST(t *testing.T) {
	set, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Check(); err != nil {
		t.Errorf("Check() = %v", err)
	}
	if got, want := set.String(), "Fashion-MNIST: 6000 train + 2000 test images of 28×28×1, 10 classes (embedded subset: the first 600 + 200 of each class)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	for class, n := range set.Train.ClassCounts(10) {
		if n != 600 {
			t.Errorf("class %d has %d training images, want 600", class, n)
		}
	}
	for class, n := range set.Test.ClassCounts(10) {
		if n != 200 {
			t.Errorf("class %d has %d test images, want 200", class, n)
		}
	}
	// The pixels are those of the original files: this is their hash.
	if got, want := set.Fingerprint(), "b1abefbec85ea3cdb89602ffcbac84b3b6c5c4d8ed9c4529983a27bd66809955"; got != want {
		t.Errorf("Fingerprint() = %s, want %s", got, want)
	}
}

// TestEmbeddedIsSubsetOfFull makes the subset anew from the original files, where the
// machine has them, and compares.
func TestEmbeddedIsSubsetOfFull(t *testing.T) {
	full, err := LoadFashionMNIST(debianFashion)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("%v: the embedded subset is held against its recorded fingerprint alone", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if full.Train.N != 60000 || full.Test.N != 10000 {
		t.Fatalf("full set has %d + %d images, want 60000 + 10000", full.Train.N, full.Test.N)
	}
	embedded, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	again := *embedded
	again.Train, again.Test = firstOfEach(full.Train, 600), firstOfEach(full.Test, 200)
	if got, want := again.Fingerprint(), embedded.Fingerprint(); got != want {
		t.Errorf("subset made from the full files has fingerprint %s, the embedded one %s; run go generate ./ssl/data", got, want)
	}
}

func firstOfEach(s Split, n int) Split {
	var pick []int
	taken := map[int32]int{}
	for i, l := range s.Labels {
		if taken[l]++; taken[l] <= n {
			pick = append(pick, i)
		}
	}
	return s.Pick(pick)
}

func TestFindFashionMNIST(t *testing.T) {
	none := t.TempDir()
	tiny := t.TempDir()
	writeMNIST(t, tiny, false)
	nested := t.TempDir()
	if err := os.Mkdir(filepath.Join(nested, "fashion-mnist"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeMNIST(t, filepath.Join(nested, "fashion-mnist"), true)
	partial := t.TempDir()
	writeMNIST(t, partial, false)
	if err := os.Remove(filepath.Join(partial, mnistStems[1])); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(tiny, mnistStems[0])
	tests := []struct {
		name, root, system string
		source, failure    string // one of the two: part of Source, part of the error
	}{
		{"nothing anywhere", "", none, "embedded subset", ""},
		{"root without files falls through", none, tiny, "idx files in " + tiny, ""},
		{"files in root", tiny, none, "idx files in " + tiny, ""},
		{"folder below root", nested, tiny, "idx files in " + filepath.Join(nested, "fashion-mnist"), ""},
		{"root does not exist", filepath.Join(none, "no"), tiny, "", "unset GOSSL_DATA"},
		{"root is a file", file, tiny, "", "is a file"},
		{"one of four missing", partial, none, "", mnistStems[1]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := findFashionMNIST(tt.root, tt.system)
			if tt.failure != "" {
				if err == nil || !strings.Contains(err.Error(), tt.failure) {
					t.Fatalf("error = %v, want one with %q", err, tt.failure)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(set.Source, tt.source) {
				t.Errorf("Source = %q, want %q", set.Source, tt.source)
			}
		})
	}
}

func TestFashionMNISTPanicsWithErrorWhenCorrupt(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, true)
	images := filepath.Join(dir, mnistStems[0]+".gz")
	raw, err := os.ReadFile(images)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(images, raw[:len(raw)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(DataDirEnv, dir)
	defer func() {
		err, ok := recover().(error)
		var bad *FormatError
		if !ok || !errors.As(err, &bad) || bad.File != images || bad.Offset == 0 {
			t.Fatalf("panic value = %v, want a *FormatError with file and offset", err)
		}
		if !strings.Contains(err.Error(), "reinstall dataset-fashion-mnist") {
			t.Errorf("error %q names no remedy", err)
		}
	}()
	FashionMNIST()
	t.Fatal("FashionMNIST() returned on a truncated file")
}
