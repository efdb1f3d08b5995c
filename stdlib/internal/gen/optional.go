package main

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// optional lists, for interfaces of the table's packages, what compiled code asks a value of that interface for
// beyond it: an adapter shows those of them that the interpreted type has, so that a reader with a
// WriteTo method is copied by it, a closing body is closed and a Boolean flag needs no value. Each is an
// interface by path and name, or a type expression in the scope of the interface's package.
var optional = map[string][]string{
	"flag.Value":              {"interface{ IsBoolFlag() bool }", "interface{ Get() any }"},
	"image.Image":             {"interface{ Opaque() bool }", "image.RGBA64Image", "image.PalettedImage"},
	"image/draw.Image":        {"interface{ Opaque() bool }", "image/draw.RGBA64Image"},
	"io.ReadCloser":           {"io.WriterTo", "io.Seeker"},
	"io.ReadWriter":           {"io.WriterTo", "io.ReaderFrom", "io.StringWriter"},
	"io.Reader":               {"io.WriterTo", "io.Closer", "io.Seeker", "io.ReaderAt", "io.ByteScanner", "io.RuneScanner"},
	"io.WriteCloser":          {"io.ReaderFrom", "io.StringWriter"},
	"io.Writer":               {"io.ReaderFrom", "io.StringWriter", "io.ByteWriter", "io.Closer"},
	"io/fs.DirEntry":          {"interface{ String() string }"},
	"io/fs.FS":                {"io/fs.ReadFileFS", "io/fs.ReadDirFS", "io/fs.StatFS", "io/fs.GlobFS", "io/fs.SubFS"},
	"io/fs.File":              {"io/fs.ReadDirFile", "io.Seeker", "io.ReaderAt"},
	"math/rand.Source":        {"math/rand.Source64"},
	"net/http.ResponseWriter": {"net/http.Flusher", "io.ReaderFrom", "io.StringWriter"},
	"net/http.RoundTripper":   {"interface{ CloseIdleConnections() }"},
	"github.com/gomlx/gomlx/ml/train.Dataset":             {"github.com/gomlx/gomlx/ml/train.HasShortName"},
	"github.com/gomlx/gomlx/ml/train/optimizer.Interface": {"github.com/gomlx/gomlx/ml/train.OptimizeWithGradients"},
}

// extras returns, for each optional interface of an adapter, the methods that it has beyond the adapter's own.
func (u *universe) extras(pkg *types.Package, a adapter) ([][]*types.Func, error) {
	var list [][]*types.Func
	for _, text := range optional[pkg.Path()+"."+a.name] {
		t, err := u.lookup(pkg, text)
		if err != nil {
			return nil, fmt.Errorf("optional interface %s of %s.%s: %w", text, pkg.Path(), a.name, err)
		}
		iface, ok := t.Underlying().(*types.Interface)
		if !ok || !nameable(iface) {
			return nil, fmt.Errorf("%s, optional for %s.%s, is no interface that can be implemented", text, pkg.Path(), a.name)
		}
		var methods []*types.Func
		for m := range iface.Methods() {
			if has, _, _ := types.LookupFieldOrMethod(a.iface, false, nil, m.Name()); has == nil {
				methods = append(methods, m)
			}
		}
		if len(methods) == 0 {
			return nil, fmt.Errorf("%s adds nothing to %s.%s", text, pkg.Path(), a.name)
		}
		list = append(list, methods)
	}
	return list, nil
}

// lookup returns the type that text names.
func (u *universe) lookup(pkg *types.Package, text string) (types.Type, error) {
	dot := strings.LastIndexByte(text, '.')
	if strings.HasPrefix(text, "interface") || dot < 0 {
		tv, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, text)
		return tv.Type, err
	}
	p := u.all[text[:dot]]
	if p == nil || p.Scope().Lookup(text[dot+1:]) == nil {
		return nil, fmt.Errorf("there is none")
	}
	return p.Scope().Lookup(text[dot+1:]).Type(), nil
}
