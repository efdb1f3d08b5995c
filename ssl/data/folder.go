package data

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	// Decoders that image.Decode finds by a file's first bytes.
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// FolderOptions say how [LoadFolder] reads a folder. The zero value takes the first
// image's size and fails at the first file that cannot be read.
type FolderOptions struct {
	Format       // what images are brought to
	SkipBad bool // leave out images that cannot be read and list them in Set.Skipped
}

// imageSuffixes are the files that count as images.
var imageSuffixes = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}

// LoadFolder reads images from a folder that holds one folder for each class, or folders
// train and test (or val) that do. Images that lie directly in dir become Unlabelled.
// Classes and files come in the order of their names. Hidden files, and files whose
// names do not end like an image's, are left out.
func LoadFolder(dir string, opts FolderOptions) (*Set, error) {
	set := &Set{Name: filepath.Base(filepath.Clean(dir)), Source: "images in " + dir,
		Origin: Origin{Loader: "folder", Options: ParquetOptions{Format: opts.Format, SkipBad: opts.SkipBad}}.at(dir)}
	train, err := scanFolder(dir, nil)
	if err != nil {
		return nil, err
	}
	var test folderScan
	if names := train.classes; slices.Contains(names, "train") {
		held := ""
		for _, n := range []string{"test", "val"} {
			if slices.Contains(names, n) {
				held = n
				break
			}
		}
		loose := train.loose
		if train, err = scanFolder(filepath.Join(dir, "train"), nil); err != nil {
			return nil, err
		}
		train.loose = append(train.loose, loose...)
		if held != "" {
			if test, err = scanFolder(filepath.Join(dir, held), train.classes); err != nil {
				return nil, err
			}
		}
	}
	set.Classes = train.classes
	if len(train.files) == 0 && len(train.loose) == 0 {
		return nil, fmt.Errorf("data: %s holds no images; a folder of images has one folder for each class, with files that end in %s", dir, strings.Join(imageSuffixes, ", "))
	}
	f := opts.Format
	for _, part := range []struct {
		files  []string
		labels []int32
		split  *Split
	}{{train.files, train.labels, &set.Train}, {test.files, test.labels, &set.Test}, {train.loose, nil, &set.Unlabelled}} {
		if f, err = readImages(part.files, part.labels, f, opts.SkipBad, part.split, &set.Skipped); err != nil {
			return nil, err
		}
	}
	if err := set.Check(); err != nil {
		return nil, err
	}
	return set, nil
}

// folderScan is what lies in a folder of classes.
type folderScan struct {
	classes []string
	files   []string // of the classes
	labels  []int32  // theirs
	loose   []string // files beside the classes
}

// scanFolder lists images. With known classes another one is an error.
func scanFolder(dir string, known []string) (folderScan, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return folderScan{}, fmt.Errorf("data: %w", err)
	}
	out := folderScan{classes: known}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		st, err := os.Stat(path) // follows links
		switch {
		case strings.HasPrefix(e.Name(), "."), err != nil:
		case !st.IsDir():
			if isImage(e.Name()) {
				out.loose = append(out.loose, path)
			}
		default:
			label := slices.Index(out.classes, e.Name())
			if label < 0 {
				if known != nil {
					return folderScan{}, fmt.Errorf("data: %s: class %q is not among the training classes %s", dir, e.Name(), strings.Join(known, ", "))
				}
				label = len(out.classes)
				out.classes = append(out.classes, e.Name())
			}
			err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && isImage(d.Name()) && !strings.HasPrefix(d.Name(), ".") {
					out.files = append(out.files, p)
					out.labels = append(out.labels, int32(label))
				}
				return err
			})
			if err != nil {
				return folderScan{}, fmt.Errorf("data: %w", err)
			}
		}
	}
	return out, nil
}

func isImage(name string) bool {
	return slices.Contains(imageSuffixes, strings.ToLower(filepath.Ext(name)))
}

// readImages decodes files in parallel into a split, and returns the format completed.
func readImages(files []string, labels []int32, f Format, skip bool, to *Split, skipped *[]error) (Format, error) {
	if len(files) == 0 {
		return f, nil
	}
	var first image.Image
	for _, path := range files { // the first one that can be read gives the size
		img, err := readImage(path)
		if err == nil {
			first = img
			break
		}
		if !skip {
			return f, err
		}
	}
	if first == nil {
		return f, fmt.Errorf("data: none of the %d images beside %s can be read", len(files), files[0])
	}
	f, err := f.of(first)
	if err != nil {
		return f, fmt.Errorf("data: %w", err)
	}
	all := f.split(len(files))
	errs := make([]error, len(files))
	inParallel(len(files), func(i int) {
		img, err := readImage(files[i])
		if err != nil {
			errs[i] = err
			return
		}
		f.store(all.Pixels(i), img)
	})
	all.Labels = labels
	good, err := sound(errs, skip, skipped)
	if err != nil {
		return f, err
	}
	if len(good) < all.N {
		all = all.Pick(good)
	}
	*to = all
	return f, nil
}

// readImage decodes one file; the error names it.
func readImage(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if errors.Is(err, image.ErrFormat) {
		err = errors.New("its first bytes are those of no image")
	}
	if err == nil && img.Bounds().Empty() {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, &FormatError{File: path, Want: "want an image", Remedy: "repair or remove it, or set SkipBad", Err: err}
	}
	return img, nil
}

// sound are the indices of the images without an error. An error ends the reading, or is
// added to skipped when its image is to be left out.
func sound(errs []error, skip bool, skipped *[]error) (good []int, err error) {
	for i, err := range errs {
		switch {
		case err == nil:
			good = append(good, i)
		case !skip:
			return nil, err
		default:
			*skipped = append(*skipped, err)
		}
	}
	return good, nil
}
