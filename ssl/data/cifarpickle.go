package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// LoadCIFAR10Pickle reads CIFAR-10 from its Python version: data_batch_1 to data_batch_5 and
// test_batch in dir, or in dir/cifar-10-batches-py. The files are read as data: nothing in
// them is executed.
func LoadCIFAR10Pickle(dir string) (*Set, error) {
	dir = below(dir, "cifar-10-batches-py")
	set := &Set{Name: "CIFAR-10", Classes: cifar10Classes, Source: "pickled files in " + dir, Origin: Origin{Loader: "cifar10-pickle"}.at(dir)}
	var batches []string
	for i := 1; i <= 5; i++ {
		batches = append(batches, filepath.Join(dir, fmt.Sprintf("data_batch_%d", i)))
	}
	var err error
	if set.Train, err = readPickledCIFAR(batches, "labels", 10); err != nil {
		return nil, err
	}
	if set.Test, err = readPickledCIFAR([]string{filepath.Join(dir, "test_batch")}, "labels", 10); err != nil {
		return nil, err
	}
	return set, nil
}

// LoadCIFAR100Pickle reads CIFAR-100 with its hundred fine classes, or its twenty coarse
// ones, from its Python version: train, test and meta in dir, or in dir/cifar-100-python.
func LoadCIFAR100Pickle(dir string, coarse bool) (*Set, error) {
	dir = below(dir, "cifar-100-python")
	set := &Set{Name: "CIFAR-100", Source: "pickled files in " + dir, Origin: Origin{Loader: "cifar100-pickle", Coarse: coarse}.at(dir)}
	classes, labels, names := 100, "fine_labels", "fine_label_names"
	if coarse {
		classes, labels, names = 20, "coarse_labels", "coarse_label_names"
		set.Name = "CIFAR-100 (coarse)"
	}
	set.Classes = labelNames("", classes)
	if meta, err := readPickle(filepath.Join(dir, "meta")); err == nil {
		if list, ok := meta[names].([]any); ok && len(list) == classes {
			for i, v := range list {
				set.Classes[i] = fmt.Sprint(v)
			}
		}
	}
	var err error
	if set.Train, err = readPickledCIFAR([]string{filepath.Join(dir, "train")}, labels, classes); err != nil {
		return nil, err
	}
	if set.Test, err = readPickledCIFAR([]string{filepath.Join(dir, "test")}, labels, classes); err != nil {
		return nil, err
	}
	return set, nil
}

// readPickle reads a file that holds a dictionary.
func readPickle(path string) (map[string]any, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	value, err := unpickle(raw)
	var format *FormatError
	if errors.As(err, &format) {
		format.File = path
	}
	if err != nil {
		return nil, err
	}
	m, ok := value.(map[string]any)
	if !ok {
		return nil, &FormatError{File: path, Want: fmt.Sprintf("want a dictionary, found %T", value), Remedy: fetchAgain}
	}
	return m, nil
}

// readPickledCIFAR reads files with an array data of one image a row, and a list of labels.
func readPickledCIFAR(paths []string, labels string, classes int) (Split, error) {
	out := Split{Height: cifarSide, Width: cifarSide, Channels: 3}
	for _, path := range paths {
		m, err := readPickle(path)
		if err != nil {
			return Split{}, err
		}
		fail := func(format string, args ...any) (Split, error) {
			return Split{}, &FormatError{File: path, Want: fmt.Sprintf(format, args...), Remedy: fetchAgain}
		}
		pixels, ok := m["data"].([]byte)
		list, isList := m[labels].([]any)
		if !ok || !isList || len(pixels) != len(list)*cifarBytes || len(list) == 0 {
			return fail("want data of %d bytes for each of its %s, found %d bytes and %d of these", cifarBytes, labels, len(pixels), len(list))
		}
		for i, v := range list {
			label, ok := v.(int64)
			if !ok || label < 0 || label >= int64(classes) {
				return fail("want a label below %d, found %v", classes, v)
			}
			out.Labels = append(out.Labels, int32(label))
			out.Images = appendPlanes(out.Images, pixels[i*cifarBytes:(i+1)*cifarBytes], cifarSide*cifarSide)
			out.N++
		}
	}
	return out, nil
}
