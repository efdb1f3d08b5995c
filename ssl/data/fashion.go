package data

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
)

//go:generate go run ./internal/subset -from /usr/share/datasets/fashion-mnist -to fashion

// fashionFiles holds the subset that is always there: the first 600 training and the
// first 200 test images of each class, in the order of the original files.
// fashion/README.md says how it was made.
//
//go:embed fashion/train.png fashion/train-labels.idx fashion/test.png fashion/test-labels.idx
var fashionFiles embed.FS

// fashionClasses are the names that the data set's authors gave.
var fashionClasses = []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}

// debianFashion is where Debian's package dataset-fashion-mnist puts the idx files.
const debianFashion = "/usr/share/datasets/fashion-mnist"

// DataDirEnv names the environment variable that says where data sets lie.
const DataDirEnv = "GOSSL_DATA"

// FashionMNIST returns Fashion-MNIST (Xiao et al. 2017, arXiv:1708.07747; MIT licence):
// 28×28 grey images of ten kinds of clothes. All 60,000 + 10,000 are read when their
// idx files are found, in $GOSSL_DATA/fashion-mnist, in $GOSSL_DATA itself, or in
// /usr/share/datasets/fashion-mnist (Debian: apt install dataset-fashion-mnist); else
// the embedded subset of 6,000 + 2,000 is returned. Source says which.
//
// It panics with an error when files are there but corrupt, and when $GOSSL_DATA names
// a folder that does not exist; [LoadFashionMNIST] returns the error instead.
func FashionMNIST() *Set {
	set, err := findFashionMNIST(os.Getenv(DataDirEnv), debianFashion)
	if err != nil {
		panic(err)
	}
	return set
}

// LoadFashionMNIST reads all of Fashion-MNIST from the four idx files in dir, plain or
// with ".gz". An empty dir looks where [FashionMNIST] looks, the embedded subset being
// the last resort. The error is an [fs.ErrNotExist] when a file is missing and a
// [*FormatError] when one is corrupt.
func LoadFashionMNIST(dir string) (*Set, error) {
	if dir == "" {
		return findFashionMNIST(os.Getenv(DataDirEnv), debianFashion)
	}
	set, err := LoadMNIST(dir, "Fashion-MNIST", fashionClasses)
	var bad *FormatError
	if errors.As(err, &bad) && bad.Remedy == fetchAgain {
		bad.Remedy = "the file is truncated or corrupt: fetch it again (Debian: apt install --reinstall dataset-fashion-mnist), or move it away to use the embedded subset"
	}
	return set, err
}

// findFashionMNIST looks below root, where that is named, then in system, then takes
// the embedded subset. A folder with some of the four files is taken for one that
// should have them all.
func findFashionMNIST(root, system string) (*Set, error) {
	var dirs []string
	if root != "" {
		if st, err := os.Stat(root); err != nil {
			return nil, fmt.Errorf("data: %s: %w; name a folder that exists, or unset %s", DataDirEnv, err, DataDirEnv)
		} else if !st.IsDir() {
			return nil, fmt.Errorf("data: %s: %s is a file; name the folder that holds the data sets", DataDirEnv, root)
		}
		dirs = append(dirs, filepath.Join(root, "fashion-mnist"), root)
	}
	dirs = append(dirs, system)
	for _, dir := range dirs {
		for _, stem := range mnistStems {
			if _, err := findIDX(dir, stem); err == nil {
				return LoadFashionMNIST(dir)
			} else if !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	return EmbeddedFashionMNIST()
}

// EmbeddedFashionMNIST returns the balanced subset that is part of this package: the
// first 600 training and the first 200 test images of each class, byte for byte.
func EmbeddedFashionMNIST() (*Set, error) {
	set := &Set{Name: "Fashion-MNIST", Classes: fashionClasses, Source: "embedded subset: the first 600 + 200 of each class", Origin: Origin{Loader: "fashion-mnist-embedded"}}
	for _, part := range []struct {
		stem  string
		split *Split
	}{{"train", &set.Train}, {"test", &set.Test}} {
		split, err := embeddedSplit(part.stem)
		if err != nil {
			return nil, err
		}
		*part.split = split
	}
	return set, nil
}

// embeddedSplit reads a tall picture, one image of 28×28 below the other, and its labels.
func embeddedSplit(stem string) (Split, error) {
	const side = 28
	xName, yName := "fashion/"+stem+".png", "fashion/"+stem+"-labels.idx"
	raw, err := fashionFiles.ReadFile(xName)
	if err != nil {
		return Split{}, fmt.Errorf("data: %w", err)
	}
	pic, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return Split{}, fmt.Errorf("data: embedded %s: %w", xName, err)
	}
	grey, ok := pic.(*image.Gray)
	if !ok || grey.Bounds().Dx() != side || grey.Stride != side || grey.Bounds().Dy()%side != 0 {
		return Split{}, fmt.Errorf("data: embedded %s: want a grey picture %d wide and a multiple of %d high, found %T %v", xName, side, side, pic, pic.Bounds())
	}
	y, err := fashionFiles.Open(yName)
	if err != nil {
		return Split{}, fmt.Errorf("data: %w", err)
	}
	defer y.Close()
	labels, err := readIDX(yName, y)
	if err != nil {
		return Split{}, err
	}
	images := &IDX{Dims: []int{grey.Bounds().Dy() / side, side, side}, Data: grey.Pix}
	return joinIDX(xName, images, yName, labels, len(fashionClasses))
}
