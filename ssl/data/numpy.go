package data

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// LoadNPZ reads a set from one NumPy archive, as Keras distributes MNIST and its kin: the
// arrays x_train and y_train, and x_test and y_test where they are there. Images are uint8,
// [n, height, width] or [n, height, width, channels]; labels are integers, [n] or
// [n, 1]. nil classes are numbered up to the largest label.
func LoadNPZ(path, name string, classes []string) (*Set, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w; it should be a NumPy archive (numpy.savez)", path, err)
	}
	defer z.Close()
	array := func(key string) (*npy, error) {
		f, err := z.Open(key + ".npy")
		if err != nil {
			return nil, fmt.Errorf("data: %s: no array %q: %w", path, key, err)
		}
		defer f.Close()
		return readNPY(path+":"+key+".npy", f)
	}
	set := &Set{Name: name, Classes: classes, Source: path, Origin: Origin{Loader: "npz", Name: name, Classes: classes}.at(path)}
	for _, part := range []struct {
		stem  string
		split *Split
	}{{"train", &set.Train}, {"test", &set.Test}} {
		x, err := array("x_" + part.stem)
		if part.stem == "test" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		y, err := array("y_" + part.stem)
		if err != nil {
			return nil, err
		}
		if *part.split, err = joinNPY(x, y); err != nil {
			return nil, err
		}
	}
	return set.numbered()
}

// LoadNPY reads training images from one .npy file and their labels from another; the
// shapes are those of [LoadNPZ]. With an empty name for the labels the images go to
// Unlabelled.
func LoadNPY(images, labels, name string, classes []string) (*Set, error) {
	open := func(path string) (*npy, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		defer f.Close()
		return readNPY(path, f)
	}
	x, err := open(images)
	if err != nil {
		return nil, err
	}
	set := &Set{Name: name, Classes: classes, Source: images, Origin: Origin{Loader: "npy", Name: name, Classes: classes}.at(images, labels)}
	if labels == "" {
		if set.Unlabelled, err = joinNPY(x, nil); err != nil {
			return nil, err
		}
		return set.numbered()
	}
	y, err := open(labels)
	if err != nil {
		return nil, err
	}
	if set.Train, err = joinNPY(x, y); err != nil {
		return nil, err
	}
	return set.numbered()
}

// numbered names classes by numbers where there are no names, and checks the set.
func (s *Set) numbered() (*Set, error) {
	if s.Classes == nil {
		most := int32(-1)
		for _, part := range s.parts() {
			for _, l := range part.Labels {
				most = max(most, l)
			}
		}
		if most >= 1<<16 {
			return nil, fmt.Errorf("data: set %q: label %d is too large for a class; labels count from 0", s.Name, most)
		}
		for i := range most + 1 {
			s.Classes = append(s.Classes, strconv.Itoa(int(i)))
		}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// npy is one NumPy array in C order.
type npy struct {
	name  string
	kind  string // "u1", "<i8" …
	shape []int
	data  []byte
	start int64 // offset of the data in the file
}

var (
	npyKind  = regexp.MustCompile(`'descr': *'([^']*)'`)
	npyOrder = regexp.MustCompile(`'fortran_order': *(True|False)`)
	npyShape = regexp.MustCompile(`'shape': *\(([0-9, ]*)\)`)
)

// npySizes are the element types that images and labels may have, in bytes.
var npySizes = map[string]int{"|u1": 1, "|i1": 1, "<u2": 2, "<i2": 2, "<u4": 4, "<i4": 4, "<u8": 8, "<i8": 8}

// readNPY reads format versions 1 to 3 (numpy/lib/format.py).
func readNPY(name string, r io.Reader) (*npy, error) {
	in := &idxReader{name: name, r: r}
	var head [8]byte
	if err := in.full(head[:], "the 8 bytes that begin a NumPy array"); err != nil {
		return nil, err
	}
	if !bytes.Equal(head[:6], []byte("\x93NUMPY")) || head[6] < 1 || head[6] > 3 {
		in.off = 0
		return nil, in.fail(nil, "want a NumPy array of version 1 to 3, found %q", head)
	}
	size := make([]byte, map[bool]int{true: 2, false: 4}[head[6] == 1])
	if err := in.full(size, "the header's length"); err != nil {
		return nil, err
	}
	n := uint64(binary.LittleEndian.Uint32(append(size, 0, 0)[:4]))
	if n > 1<<16 {
		return nil, in.fail(nil, "want a header of at most 65536 bytes, found %d", n)
	}
	header := make([]byte, n)
	if err := in.full(header, "the header"); err != nil {
		return nil, err
	}
	kind, order, shape := npyKind.FindSubmatch(header), npyOrder.FindSubmatch(header), npyShape.FindSubmatch(header)
	if kind == nil || order == nil || shape == nil {
		return nil, in.fail(nil, "want a header with descr, fortran_order and shape, found %q", header)
	}
	a := &npy{name: name, kind: string(kind[1]), start: in.off}
	if npySizes[a.kind] == 0 || string(order[1]) == "True" {
		return nil, &FormatError{File: name, Offset: a.start, Want: fmt.Sprintf("want integers in C order, found %s, fortran_order %s", a.kind, order[1]),
			Remedy: "save it again, images with numpy.ascontiguousarray(x, numpy.uint8) and labels with numpy.int64"}
	}
	total := uint64(npySizes[a.kind])
	for word := range strings.SplitSeq(string(shape[1]), ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		d, err := strconv.ParseUint(word, 10, 32)
		if total *= d; err != nil || d == 0 || total > maxIDX {
			return nil, in.fail(err, "want dimensions that make 1 byte to 4 GiB, found (%s)", shape[1])
		}
		a.shape = append(a.shape, int(d))
	}
	var err error
	a.data, err = in.body(int(total), a.shape)
	return a, err
}

// joinNPY makes a split of images and labels; y may be nil.
func joinNPY(x, y *npy) (Split, error) {
	if x.kind != "|u1" || len(x.shape) != 3 && len(x.shape) != 4 {
		return Split{}, &FormatError{File: x.name, Offset: x.start, Want: fmt.Sprintf("want images as uint8 [n, height, width(, channels)], found %s %v", x.kind, x.shape),
			Remedy: "save them as bytes from 0 to 255"}
	}
	s := Split{Images: x.data, N: x.shape[0], Height: x.shape[1], Width: x.shape[2], Channels: 1}
	if len(x.shape) == 4 {
		s.Channels = x.shape[3]
	}
	if y == nil {
		return s, nil
	}
	if len(y.shape) == 0 || len(y.shape) > 2 || len(y.shape) == 2 && y.shape[1] != 1 || y.shape[0] != s.N {
		return Split{}, &FormatError{File: y.name, Offset: y.start, Want: fmt.Sprintf("want %d labels, found shape %v", s.N, y.shape), Remedy: "images and labels must belong together"}
	}
	s.Labels = make([]int32, s.N)
	for i := range s.Labels {
		v := y.at(i)
		if v < 0 || v > 1<<30 {
			return Split{}, &FormatError{File: y.name, Offset: y.start + int64(i*npySizes[y.kind]), Want: fmt.Sprintf("want a label from 0 on, found %d", v), Remedy: "labels count classes from 0; leave unlabelled images to a file of their own"}
		}
		s.Labels[i] = int32(v)
	}
	return s, nil
}

// at is element i of an array of integers; one beyond int64 is negative.
func (a *npy) at(i int) int64 {
	n := npySizes[a.kind]
	var v uint64
	for k := range n {
		v |= uint64(a.data[i*n+k]) << (8 * k)
	}
	if strings.Contains(a.kind, "i") {
		shift := 64 - 8*n
		return int64(v<<shift) >> shift
	}
	return int64(v)
}
