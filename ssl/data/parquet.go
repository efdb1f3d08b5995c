package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// ParquetOptions say how [LoadParquet] reads files. The zero value finds the columns by
// their names and fails at the first image that cannot be read.
type ParquetOptions struct {
	Format         // what images are brought to
	Image   string // column of the images; "" for image, img or the only one that holds images
	Label   string // column of the labels; "" for label, labels or fine_label, if there is one
	SkipBad bool   // leave out images that cannot be read and list them in Set.Skipped
}

// LoadParquet reads an image data set in the form in which Hugging Face keeps them: Parquet
// files, a row an image, whose image column holds the bytes of a JPEG, PNG or WebP file and
// whose label column holds a number. train and test are files, or patterns as
// "data/train-*.parquet"; test may be "". Classes have the names that the file's metadata
// gives them, else their numbers. Images without a label column become Unlabelled.
func LoadParquet(train, test string, opts ParquetOptions) (*Set, error) {
	set := &Set{Name: strings.TrimSuffix(filepath.Base(train), ".parquet"), Source: "Parquet files " + train,
		Origin: Origin{Loader: "parquet", Options: opts}.at(train, test)}
	f := opts.Format
	for _, part := range []struct {
		pattern string
		split   *Split
	}{{train, &set.Train}, {test, &set.Test}} {
		if part.pattern == "" {
			continue
		}
		table, err := readParquet(part.pattern, opts)
		if err != nil {
			return nil, err
		}
		if len(set.Classes) == 0 {
			set.Classes = table.classes
		} else if table.classes != nil && len(table.classes) > len(set.Classes) {
			return nil, fmt.Errorf("data: %s has %d classes, %s has %d", part.pattern, len(table.classes), train, len(set.Classes))
		}
		if f, err = table.decode(f, opts.SkipBad, part.split, &set.Skipped); err != nil {
			return nil, err
		}
	}
	if set.Train.Labels == nil {
		set.Unlabelled, set.Train = set.Train, Split{}
	}
	if err := set.Check(); err != nil {
		return nil, err
	}
	return set, nil
}

// parquetTable is what the rows of some files hold.
type parquetTable struct {
	where   []string // file and row of each image
	images  [][]byte
	labels  []int32 // nil without a label column
	classes []string
}

func readParquet(pattern string, opts ParquetOptions) (t parquetTable, err error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return t, fmt.Errorf("data: %s: %w", pattern, err)
	}
	if len(files) == 0 {
		return t, fmt.Errorf("data: %s: no such file", pattern)
	}
	slices.Sort(files)
	for _, path := range files {
		if err := t.read(path, opts); err != nil {
			return t, &FormatError{File: path, Want: "want a Parquet file of images", Remedy: fetchAgain, Err: err}
		}
	}
	if t.labels != nil && t.classes == nil {
		for i := range slices.Max(t.labels) + 1 {
			t.classes = append(t.classes, strconv.Itoa(int(i)))
		}
	}
	return t, nil
}

// read adds the rows of one file. A damaged file can make the Parquet library panic.
func (t *parquetTable) read(path string, opts ParquetOptions) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it is damaged: %v", r)
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, st.Size())
	if err != nil {
		return err
	}
	pixels, label, err := parquetColumns(file.Schema().Columns(), opts)
	if err != nil {
		return err
	}
	if meta, ok := file.Lookup("huggingface"); ok && label >= 0 && t.classes == nil {
		t.classes = parquetClasses(meta, file.Schema().Columns()[label][0])
	}
	for _, group := range file.RowGroups() {
		first := len(t.images)
		err := eachValue(group.ColumnChunks()[pixels], func(v parquet.Value) error {
			t.where = append(t.where, fmt.Sprintf("%s, image %d", path, len(t.images)-first))
			t.images = append(t.images, bytes.Clone(v.ByteArray()))
			return nil
		})
		if err != nil {
			return err
		}
		if label < 0 {
			continue
		}
		err = eachValue(group.ColumnChunks()[label], func(v parquet.Value) error {
			if v.IsNull() || v.Kind() != parquet.Int64 && v.Kind() != parquet.Int32 || v.Int64() < 0 || v.Int64() > 1<<20 {
				return fmt.Errorf("label %v of row %d is no class", v, len(t.labels))
			}
			t.labels = append(t.labels, int32(v.Int64()))
			return nil
		})
		if err != nil {
			return err
		}
	}
	if label >= 0 && len(t.labels) != len(t.images) {
		return fmt.Errorf("%d labels for %d images", len(t.labels), len(t.images))
	}
	return nil
}

// parquetColumns finds the leaves that hold the images' bytes and the labels, −1 for none.
func parquetColumns(columns [][]string, opts ParquetOptions) (pixels, label int, err error) {
	var images, names []string
	pixels, label = -1, -1
	for _, c := range columns {
		names = append(names, strings.Join(c, "."))
		if len(c) == 2 && c[1] == "bytes" {
			images = append(images, c[0])
		}
	}
	find := func(want string, usual []string, suffix ...string) int {
		if want != "" {
			usual = []string{want}
		}
		for _, name := range usual {
			if i := slices.IndexFunc(columns, func(c []string) bool { return slices.Equal(c, append([]string{name}, suffix...)) }); i >= 0 {
				return i
			}
		}
		return -1
	}
	usual := []string{"image", "img"}
	if len(images) == 1 {
		usual = images
	}
	if pixels = find(opts.Image, usual, "bytes"); pixels < 0 {
		return 0, 0, fmt.Errorf("no column of images among %s; name it with Image", strings.Join(names, ", "))
	}
	label = find(opts.Label, []string{"label", "labels", "fine_label"})
	if label < 0 && opts.Label != "" {
		return 0, 0, fmt.Errorf("no column %q among %s", opts.Label, strings.Join(names, ", "))
	}
	return pixels, label, nil
}

// parquetClasses reads the names of a label's classes from the metadata, nil if there are none.
func parquetClasses(meta, label string) []string {
	var m struct {
		Info struct {
			Features map[string]json.RawMessage
		}
	}
	if json.Unmarshal([]byte(meta), &m) != nil {
		return nil
	}
	var feature struct{ Names []string }
	if json.Unmarshal(m.Info.Features[label], &feature) != nil {
		return nil
	}
	return feature.Names
}

// eachValue calls f for every value of a column.
func eachValue(chunk parquet.ColumnChunk, f func(v parquet.Value) error) error {
	pages := chunk.Pages()
	defer pages.Close()
	buffer := make([]parquet.Value, 256)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for values := page.Values(); ; {
			n, err := values.ReadValues(buffer)
			for _, v := range buffer[:n] {
				if err := f(v); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
		}
	}
}

// decode brings the images to a format, and returns it completed.
func (t parquetTable) decode(f Format, skip bool, to *Split, skipped *[]error) (Format, error) {
	if len(t.images) == 0 {
		return f, fmt.Errorf("data: the Parquet files hold no row")
	}
	all := make([]image.Image, len(t.images))
	errs := make([]error, len(t.images))
	inParallel(len(all), func(i int) {
		img, _, err := image.Decode(bytes.NewReader(t.images[i]))
		if err == nil && img.Bounds().Empty() {
			err = errors.New("it is empty")
		}
		if err != nil {
			errs[i] = &FormatError{File: t.where[i], Want: "want an image", Remedy: "repair or remove it, or set SkipBad", Err: err}
		}
		all[i] = img
	})
	good, err := sound(errs, skip, skipped)
	if err != nil {
		return f, err
	}
	if len(good) == 0 {
		return f, fmt.Errorf("data: none of the %d images can be read; the first: %w", len(errs), errs[0])
	}
	f, err = f.of(all[good[0]])
	if err != nil {
		return f, fmt.Errorf("data: %w", err)
	}
	*to = f.split(len(good))
	inParallel(len(good), func(i int) { f.store(to.Pixels(i), all[good[i]]) })
	if t.labels != nil {
		for _, i := range good {
			to.Labels = append(to.Labels, t.labels[i])
		}
	}
	return f, nil
}
