package data

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	stlSide  = 96
	stlBytes = 3 * stlSide * stlSide
)

var stlClasses = []string{"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"}

// LoadSTL10 reads STL-10 (Coates et al. 2011) from its binary files in dir, or in
// dir/stl10_binary: train_X.bin, train_y.bin, test_X.bin, test_y.bin and, as far as
// unlabelled images are asked for, unlabeled_X.bin. All 100,000 of those take 2.8 GB.
func LoadSTL10(dir string, unlabelled int) (*Set, error) {
	dir = below(dir, "stl10_binary")
	set := &Set{Name: "STL-10", Classes: stlClasses, Source: "binary files in " + dir, Origin: Origin{Loader: "stl10", Extra: max(unlabelled, 0)}.at(dir)}
	for _, part := range []struct {
		stem  string
		split *Split
	}{{"train", &set.Train}, {"test", &set.Test}} {
		images, err := readSTLImages(filepath.Join(dir, part.stem+"_X.bin"), -1)
		if err != nil {
			return nil, err
		}
		if images.Labels, err = readSTLLabels(filepath.Join(dir, part.stem+"_y.bin"), images.N); err != nil {
			return nil, err
		}
		*part.split = images
	}
	if unlabelled > 0 {
		images, err := readSTLImages(filepath.Join(dir, "unlabeled_X.bin"), unlabelled)
		if err != nil {
			return nil, err
		}
		set.Unlabelled = images
	}
	return set, nil
}

// readSTLImages reads up to limit images, or all when it is negative. Each is three
// planes, column by column.
func readSTLImages(path string, limit int) (Split, error) {
	f, err := os.Open(path)
	if err != nil {
		return Split{}, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	out := Split{Height: stlSide, Width: stlSide, Channels: 3}
	record := make([]byte, stlBytes)
	for out.N != limit {
		n, err := io.ReadFull(f, record)
		if err == io.EOF {
			break
		}
		if err != nil {
			return Split{}, &FormatError{File: path, Offset: int64(out.N)*stlBytes + int64(n), Want: fmt.Sprintf("want an image of %d bytes, found %d", stlBytes, n), Remedy: fetchAgain, Err: notEOF(err)}
		}
		for y := range stlSide {
			for x := range stlSide {
				for c := range 3 {
					out.Images = append(out.Images, record[(c*stlSide+x)*stlSide+y])
				}
			}
		}
		out.N++
	}
	if out.N == 0 {
		return Split{}, &FormatError{File: path, Want: "want images, found an empty file", Remedy: fetchAgain}
	}
	return out, nil
}

// readSTLLabels reads labels 1 to 10 and returns them as 0 to 9.
func readSTLLabels(path string, n int) ([]int32, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if len(raw) != n {
		return nil, &FormatError{File: path, Offset: int64(min(len(raw), n)), Want: fmt.Sprintf("want %d labels, one for each image, found %d", n, len(raw)), Remedy: fetchAgain}
	}
	out := make([]int32, n)
	for i, l := range raw {
		if l < 1 || l > 10 {
			return nil, &FormatError{File: path, Offset: int64(i), Want: fmt.Sprintf("want a label from 1 to 10, found %d", l), Remedy: fetchAgain}
		}
		out[i] = int32(l) - 1
	}
	return out, nil
}
