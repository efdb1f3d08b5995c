package data

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Batches as Python writes them, by an old and a new protocol, are the images they hold.
func TestLoadCIFAR10Pickle(t *testing.T) {
	for _, name := range []string{"batch_protocol2.pickle", "batch_protocol5.pickle"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, file := range []string{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"} {
			if err := os.WriteFile(filepath.Join(dir, file), raw, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		set, err := LoadCIFAR10Pickle(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		reopens(t, set)
		if err := set.Train.check(10); err != nil || set.Train.N != 10 || set.Test.N != 2 || set.Train.Labels[0] != 3 || set.Test.Labels[1] != 8 {
			t.Fatalf("%s: %v, %v", name, set, err)
		}
		for k := range 2 {
			for _, i := range []int{0, 1, 500, 1023} {
				for c := range 3 {
					want := uint8(7*(1024*c+i) + 50*k)
					if got := set.Test.Pixels(k)[3*i+c]; got != want {
						t.Fatalf("%s: image %d, pixel %d, channel %d = %d, want %d", name, k, i, c, got, want)
					}
				}
			}
		}
		damaged := filepath.Join(dir, "data_batch_3")
		for _, cut := range []int{0, 1, 30, len(raw) / 2, len(raw) - 1} {
			if err := os.WriteFile(damaged, raw[:cut], 0o666); err != nil {
				t.Fatal(err)
			}
			var format *FormatError
			if _, err := LoadCIFAR10Pickle(dir); !errors.As(err, &format) || format.File != damaged {
				t.Errorf("%s cut after %d bytes: %v", name, cut, err)
			}
		}
	}
}

// A pickle that would call something is refused.
func TestUnpickleCallsNothing(t *testing.T) {
	for _, test := range []struct{ raw, want string }{
		{"cos\nsystem\n(U\x07echo hi" + "tR.", "os.system is no array of bytes"},
		{"\x80\x02}(U\x01a]U\x01b", "want 1 bytes more"},
		{"h\x05.", "want a value met before"},
		{"u.", "want a mark"},
		{"}K\x01K\x02s.", "want a name as the key"},
		{"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "is not believable"},
	} {
		if v, err := unpickle([]byte(test.raw)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("unpickle(%q) = %v, %v, want %q", test.raw, v, err, test.want)
		}
	}
}

func FuzzUnpickle(f *testing.F) {
	for _, name := range []string{"batch_protocol2.pickle", "batch_protocol5.pickle"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[:400])
	}
	f.Add([]byte("}(U\x01a]\x94h\x00au."))
	f.Fuzz(func(t *testing.T, raw []byte) { unpickle(raw) }) // it returns
}
