package stdlib

import (
	"archive/zip"
	_ "embed" // the archives
	"io"
	"strings"
	"sync"
)

// The generated archives that every platform uses; exportPlatform, in a file for each platform, has the
// packages whose types differ between platforms.
var (
	//go:embed data/std_export.zip
	exportStd string
	//go:embed data/gomlx_export.zip
	exportGomlx string
	//go:embed data/gonum_export.zip
	exportGonum string
	//go:embed data/gossl_export.zip
	exportGossl string
	//go:embed data/gonb_export.zip
	exportGonb string

	//go:embed data/std_docs.zip
	docsStd string
	//go:embed data/gomlx_docs.zip
	docsGomlx string
	//go:embed data/gonum_docs.zip
	docsGonum string
	//go:embed data/gossl_docs.zip
	docsGossl string
	//go:embed data/gonb_docs.zip
	docsGonb string

	//go:embed data/std_refused.zip
	refusedStd string
	//go:embed data/gomlx_refused.zip
	refusedGomlx string
	//go:embed data/gonum_refused.zip
	refusedGonum string
	//go:embed data/gossl_refused.zip
	refusedGossl string
	//go:embed data/gonb_refused.zip
	refusedGonb string

	//go:embed data/std_source.zip
	sourceStd string
	//go:embed data/gomlx_source.zip
	sourceGomlx string
	//go:embed data/gonum_source.zip
	sourceGonum string
	//go:embed data/gossl_source.zip
	sourceGossl string
	//go:embed data/gonb_source.zip
	sourceGonb string
)

// An archive is a set of embedded zip files whose entries are import paths. It is opened at the first use
// and unpacks one entry at a time.
type archive struct {
	open  sync.Once
	files map[string]*zip.File
	zips  []string
}

// newArchive returns the archive of the contents of zip files. No two of them have an entry in common.
func newArchive(zips ...string) *archive { return &archive{zips: zips} }

// index lists the entries, once.
func (a *archive) index() map[string]*zip.File {
	a.open.Do(func() {
		a.files = map[string]*zip.File{}
		for _, data := range a.zips {
			z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
			if err != nil {
				panic("stdlib: embedded archive: " + err.Error()) // the build is broken
			}
			for _, f := range z.File {
				a.files[f.Name] = f
			}
		}
	})
	return a.files
}

// has reports whether there is an entry for a package.
func (a *archive) has(path string) bool { return a.index()[path] != nil }

// entry returns the unpacked bytes of a package, false if the archive has none.
func (a *archive) entry(path string) ([]byte, bool) {
	f := a.index()[path]
	if f == nil {
		return nil, false
	}
	r, err := f.Open()
	if err != nil {
		panic("stdlib: embedded archive: " + path + ": " + err.Error())
	}
	defer r.Close()
	b := make([]byte, f.UncompressedSize64)
	if _, err := io.ReadFull(r, b); err != nil {
		panic("stdlib: embedded archive: " + path + ": " + err.Error())
	}
	return b, true
}
