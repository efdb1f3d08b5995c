package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mnistStems are the four files of every MNIST-like set, without ".gz".
var mnistStems = [4]string{
	"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
}

// LoadMNIST reads an MNIST-like set (MNIST, Fashion-MNIST, KMNIST …) from the four idx
// files in dir, each plain or with ".gz". The classes are named by classes; nil names
// ten digits. The error is an [fs.ErrNotExist] when a file is missing and a
// [*FormatError] when one is corrupt.
func LoadMNIST(dir, name string, classes []string) (*Set, error) {
	if classes == nil {
		classes = strings.Split("0123456789", "")
	}
	var paths [4]string
	for i, stem := range mnistStems {
		p, err := findIDX(dir, stem)
		if err != nil {
			return nil, err
		}
		paths[i] = p
	}
	set := &Set{Name: name, Classes: classes, Source: "idx files in " + dir, Origin: Origin{Loader: "mnist", Name: name, Classes: classes}.at(dir)}
	type outcome struct {
		split Split
		err   error
	}
	test := make(chan outcome, 1)
	go func() {
		s, err := loadIDXSplit(paths[2], paths[3], len(classes))
		test <- outcome{s, err}
	}()
	train, err := loadIDXSplit(paths[0], paths[1], len(classes))
	t := <-test
	if err != nil {
		return nil, err
	}
	if t.err != nil {
		return nil, t.err
	}
	set.Train, set.Test = train, t.split
	if train.Height != t.split.Height || train.Width != t.split.Width {
		return nil, &FormatError{File: paths[2], Offset: 8, Remedy: "the files belong to different sets: fetch them again",
			Want: fmt.Sprintf("want images of %d×%d as in %s, found %d×%d", train.Height, train.Width, filepath.Base(paths[0]), t.split.Height, t.split.Width)}
	}
	return set, nil
}

// findIDX returns the path of stem or stem.gz in dir.
func findIDX(dir, stem string) (string, error) {
	for _, name := range []string{stem, stem + ".gz"} {
		p := filepath.Join(dir, name)
		_, err := os.Stat(p)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("data: %w", err)
		}
	}
	return "", fmt.Errorf("data: %s: neither %s nor %s.gz is there; a set of this kind has the four files %s: %w",
		dir, stem, stem, strings.Join(mnistStems[:], ", "), fs.ErrNotExist)
}

// loadIDXSplit reads a file of images and the file of their labels.
func loadIDXSplit(images, labels string, classes int) (Split, error) {
	x, err := ReadIDX(images)
	if err != nil {
		return Split{}, err
	}
	y, err := ReadIDX(labels)
	if err != nil {
		return Split{}, err
	}
	return joinIDX(images, x, labels, y, classes)
}

// joinIDX makes a split of images and labels; the names stand in errors.
func joinIDX(xName string, x *IDX, yName string, y *IDX, classes int) (Split, error) {
	if len(x.Dims) != 3 {
		return Split{}, &FormatError{File: xName, Offset: 3, Remedy: "this is no file of grey images",
			Want: fmt.Sprintf("want 3 dimensions (images, rows, columns), found %d", len(x.Dims))}
	}
	if len(y.Dims) != 1 {
		return Split{}, &FormatError{File: yName, Offset: 3, Remedy: "this is no file of labels",
			Want: fmt.Sprintf("want 1 dimension (labels), found %d", len(y.Dims))}
	}
	if y.Dims[0] != x.Dims[0] {
		return Split{}, &FormatError{File: yName, Offset: 4, Remedy: "the two files belong to different sets, or one is damaged: fetch both again",
			Want: fmt.Sprintf("want %d labels, one for each image of %s, found %d", x.Dims[0], filepath.Base(xName), y.Dims[0])}
	}
	ls := make([]int32, len(y.Data))
	for i, l := range y.Data {
		if int(l) >= classes {
			return Split{}, &FormatError{File: yName, Offset: int64(8 + i), Remedy: fetchAgain,
				Want: fmt.Sprintf("want a label below %d, found %d", classes, l)}
		}
		ls[i] = int32(l)
	}
	return Split{Images: x.Data, N: x.Dims[0], Height: x.Dims[1], Width: x.Dims[2], Channels: 1, Labels: ls}, nil
}
