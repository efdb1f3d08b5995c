package data

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// A file of pyarrow's, with Hugging Face's metadata, in two row groups.
func TestLoadParquet(t *testing.T) {
	file := filepath.Join("testdata", "images.parquet")
	set, err := LoadParquet(file, file, ParquetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if set.Train.N != 3 || set.Test.N != 3 || set.Train.Height != 4 || set.Train.Channels != 3 ||
		!slices.Equal(set.Classes, []string{"warm", "cold"}) || !slices.Equal(set.Train.Labels, []int32{0, 1, 0}) {
		t.Fatalf("%v, classes %v, labels %v", set, set.Classes, set.Train.Labels)
	}
	for i, want := range [][]byte{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}} {
		if got := set.Train.Pixels(i)[:3]; !bytes.Equal(got, want) {
			t.Errorf("image %d begins with %v, want %v", i, got, want)
		}
	}
	small, err := LoadParquet(file, "", ParquetOptions{Format: Format{Height: 2, Width: 2, Channels: 1}})
	if err != nil || small.Train.Height != 2 || small.Train.Channels != 1 || small.Test.N != 0 {
		t.Errorf("2×2 grey images: %v, %v", small, err)
	}
}

// What a file lacks, or an image that cannot be read, is named.
func TestLoadParquetMistakes(t *testing.T) {
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join("testdata", "images.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	type picture struct {
		Bytes []byte `parquet:"bytes"`
	}
	type row struct {
		Img   picture `parquet:"img"`
		Label int64   `parquet:"label"`
	}
	var corrupt bytes.Buffer
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	good := encoded.Bytes()
	if err := parquet.Write(&corrupt, []row{{picture{good}, 0}, {picture{[]byte("no image")}, 1}, {picture{good}, 1}}); err != nil {
		t.Fatal(err)
	}
	bad := file("corrupt.parquet", corrupt.Bytes())
	for _, test := range []struct {
		path, want string
		opts       ParquetOptions
	}{
		{filepath.Join(dir, "none-*.parquet"), "no such file", ParquetOptions{}},
		{file("cut.parquet", raw[:len(raw)/2]), "want a Parquet file of images", ParquetOptions{}},
		{file("text.parquet", []byte("hello")), "want a Parquet file of images", ParquetOptions{}},
		{filepath.Join("testdata", "images.parquet"), `no column of images among image.bytes, image.path, label; name it with Image`, ParquetOptions{Image: "picture"}},
		{filepath.Join("testdata", "images.parquet"), `no column "class" among image.bytes`, ParquetOptions{Label: "class"}},
		{bad, "corrupt.parquet, image 1", ParquetOptions{}},
	} {
		if _, err := LoadParquet(test.path, "", test.opts); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.path, err, test.want)
		}
	}
	set, err := LoadParquet(bad, "", ParquetOptions{SkipBad: true})
	var format *FormatError
	if err != nil || set.Train.N != 2 || len(set.Skipped) != 1 || !errors.As(set.Skipped[0], &format) || len(set.Classes) != 2 {
		t.Errorf("with SkipBad: %v, %v", set, err)
	}
}
