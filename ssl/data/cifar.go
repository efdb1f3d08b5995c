package data

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	cifarSide  = 32
	cifarBytes = 3 * cifarSide * cifarSide // of one image: its red, green and blue plane
)

var cifar10Classes = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// LoadCIFAR10 reads CIFAR-10 (Krizhevsky 2009) from its binary version: data_batch_1.bin
// to data_batch_5.bin and test_batch.bin in dir, or in dir/cifar-10-batches-bin.
func LoadCIFAR10(dir string) (*Set, error) {
	dir = below(dir, "cifar-10-batches-bin")
	set := &Set{Name: "CIFAR-10", Classes: cifar10Classes, Source: "binary files in " + dir, Origin: Origin{Loader: "cifar10"}.at(dir)}
	var batches []string
	for i := 1; i <= 5; i++ {
		batches = append(batches, filepath.Join(dir, fmt.Sprintf("data_batch_%d.bin", i)))
	}
	var err error
	if set.Train, err = readCIFAR(batches, 1, 0, 10); err != nil {
		return nil, err
	}
	if set.Test, err = readCIFAR([]string{filepath.Join(dir, "test_batch.bin")}, 1, 0, 10); err != nil {
		return nil, err
	}
	return set, nil
}

// LoadCIFAR100 reads CIFAR-100 with its hundred fine classes, or its twenty coarse ones,
// from its binary version: train.bin and test.bin in dir, or in dir/cifar-100-binary. The
// classes are named by the file of label names beside them, where it is there.
func LoadCIFAR100(dir string, coarse bool) (*Set, error) {
	dir = below(dir, "cifar-100-binary")
	set := &Set{Name: "CIFAR-100", Source: "binary files in " + dir, Origin: Origin{Loader: "cifar100", Coarse: coarse}.at(dir)}
	classes, at, names := 100, 1, "fine_label_names.txt"
	if coarse {
		classes, at, names = 20, 0, "coarse_label_names.txt"
		set.Name = "CIFAR-100 (coarse)"
	}
	set.Classes = labelNames(filepath.Join(dir, names), classes)
	var err error
	if set.Train, err = readCIFAR([]string{filepath.Join(dir, "train.bin")}, 2, at, classes); err != nil {
		return nil, err
	}
	if set.Test, err = readCIFAR([]string{filepath.Join(dir, "test.bin")}, 2, at, classes); err != nil {
		return nil, err
	}
	return set, nil
}

// below returns the folder of that name in dir, where there is one.
func below(dir, name string) string {
	if st, err := os.Stat(filepath.Join(dir, name)); err == nil && st.IsDir() {
		return filepath.Join(dir, name)
	}
	return dir
}

// labelNames reads one name a line; classes are numbered when the file is missing or has
// another number of lines.
func labelNames(path string, n int) []string {
	if raw, err := os.ReadFile(path); err == nil {
		if names := strings.Fields(string(raw)); len(names) == n {
			return names
		}
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

// readCIFAR reads records of labels bytes, of which byte at is the label, and an image.
func readCIFAR(paths []string, labels, at, classes int) (Split, error) {
	out := Split{Height: cifarSide, Width: cifarSide, Channels: 3}
	record := make([]byte, labels+cifarBytes)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return Split{}, fmt.Errorf("data: %w", err)
		}
		defer f.Close()
		var off int64
		for {
			n, err := io.ReadFull(f, record)
			if err == io.EOF {
				break
			}
			if err != nil {
				return Split{}, &FormatError{File: path, Offset: off + int64(n), Want: fmt.Sprintf("want a record of %d bytes, found %d", len(record), n), Remedy: fetchAgain, Err: notEOF(err)}
			}
			if int(record[at]) >= classes {
				return Split{}, &FormatError{File: path, Offset: off + int64(at), Want: fmt.Sprintf("want a label below %d, found %d", classes, record[at]), Remedy: fetchAgain}
			}
			out.Labels = append(out.Labels, int32(record[at]))
			out.Images = appendPlanes(out.Images, record[labels:], cifarSide*cifarSide)
			off += int64(n)
			out.N++
		}
		if off == 0 {
			return Split{}, &FormatError{File: path, Want: "want records, found an empty file", Remedy: fetchAgain}
		}
	}
	return out, nil
}

// appendPlanes turns a red, a green and a blue plane into pixels.
func appendPlanes(to, planes []byte, n int) []byte {
	for i := range n {
		to = append(to, planes[i], planes[n+i], planes[2*n+i])
	}
	return to
}

// notEOF drops an error that only says that the file ended.
func notEOF(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
