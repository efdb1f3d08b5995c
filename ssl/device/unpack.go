package device

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// unpackWheel unpacks a wheel below dir, as pip would, and returns what it wrote; what
// names it in the progress. A path that leads out of dir is refused.
func unpackWheel(ctx context.Context, wheel, what, dir string, progress func(Progress)) ([]fileRecord, error) {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	var done, total int64
	for _, f := range z.File {
		total += int64(f.UncompressedSize64)
	}
	tell := func(n int) error {
		done += int64(n)
		progress(Progress{"unpacking " + what, done, total})
		return ctx.Err()
	}
	var out []fileRecord
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return nil, fmt.Errorf("the wheel holds the path %q, which leads out of its folder", f.Name)
		}
		r, err := unpackFile(f, filepath.Join(dir, filepath.FromSlash(f.Name)), tell)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		r.Path = f.Name
		out = append(out, r)
	}
	return out, nil
}

func unpackFile(f *zip.File, to string, tell func(int) error) (fileRecord, error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fileRecord{}, err
	}
	in, err := f.Open()
	if err != nil {
		return fileRecord{}, err
	}
	defer in.Close()
	mode := os.FileMode(0o644)
	if f.Mode()&0o111 != 0 { // a program: XLA runs NVIDIA's assembler
		mode = 0o755
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return fileRecord{}, err
	}
	h := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(out, h, tellWriter(tell)), in, make([]byte, 1<<20))
	if err == nil {
		err = out.Sync()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return fileRecord{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// tellWriter counts what passes, and stops the copy when the count says so.
type tellWriter func(int) error

func (t tellWriter) Write(p []byte) (int, error) { return len(p), t(len(p)) }
