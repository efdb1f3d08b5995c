package plot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Save writes the figure to a file in the format that its name ends in: .png, .svg, .pdf,
// .html for a page that answers the pointer, or .txt for the terminal's form. The file appears whole or not at all; the same figure
// gives the same bytes.
func (f *Figure) Save(path string) error {
	var raw []byte
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		raw, err = f.PNG()
	case ".svg":
		raw, err = f.SVG()
	case ".pdf":
		raw, err = f.PDF()
	case ".html":
		raw, err = f.HTML()
	case ".txt":
		raw = []byte(f.String() + "\n")
	default:
		return fmt.Errorf("plot: save %s: unknown format %q; end the name in .png, .svg, .pdf, .html or .txt", path, ext)
	}
	if err != nil {
		return fmt.Errorf("plot: save %s: %w", path, err)
	}
	if err := write(path, raw); err != nil {
		switch {
		case errors.Is(err, os.ErrNotExist):
			err = fmt.Errorf("%w; make the folder %s first", err, filepath.Dir(path))
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			err = fmt.Errorf("%w; free %d kB on the disk of %s, or save elsewhere", err, len(raw)/1000+1, filepath.Dir(path))
		case errors.Is(err, os.ErrPermission):
			err = fmt.Errorf("%w; save to a folder that you can write", err)
		}
		return fmt.Errorf("plot: save %s: %w", path, err)
	}
	return nil
}

// write writes beside the file and renames, so that a full disk leaves the old file.
func write(path string, raw []byte) error {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return fmt.Errorf("it is a folder; add a file's name")
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".plot-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(raw)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// PNG renders the figure at 144 dots to the inch.
func (f *Figure) PNG() ([]byte, error) {
	return f.render(func(w, h vg.Length) vg.CanvasWriterTo {
		return vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(144))}
	})
}

// SVG renders the figure as scalable vector graphics.
func (f *Figure) SVG() ([]byte, error) {
	return f.render(func(w, h vg.Length) vg.CanvasWriterTo { return vgsvg.New(w, h) })
}

// undatedPDF makes a PDF a function of its figure: by default it carries the time of day.
var undatedPDF = sync.OnceFunc(func() {
	fpdf.SetDefaultCatalogSort(true)
	fpdf.SetDefaultCreationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultModificationDate(time.Unix(0, 0).UTC())
})

// PDF renders the figure as a page of its own size, with its fonts.
func (f *Figure) PDF() ([]byte, error) {
	undatedPDF()
	return f.render(func(w, h vg.Length) vg.CanvasWriterTo { return vgpdf.New(w, h) })
}

// render draws on a canvas. gonum panics on what it cannot draw, and that is an error here.
func (f *Figure) render(canvas func(w, h vg.Length) vg.CanvasWriterTo) (raw []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("plot: the figure %q cannot be drawn: %v", f.Title, p)
		}
	}()
	w, h := f.size()
	if w > 100 || h > 100 || w < 1 || h < 1 {
		return nil, fmt.Errorf("plot: a figure of %g by %g inches; each must be between 1 and 100", w, h)
	}
	c := canvas(vg.Length(w)*vg.Inch, vg.Length(h)*vg.Inch)
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// svgLimit is how long a figure's SVG may be in a notebook, in bytes; a longer one is shown as PNG alone.
const svgLimit = 256 << 10

// MIMEBundle is the figure for a notebook: a drawing, a picture for what shows no drawings, and the terminal's form.
func (f *Figure) MIMEBundle() map[string]any {
	bundle := map[string]any{"text/plain": f.String()}
	if raw, err := f.PNG(); err == nil {
		bundle["image/png"] = raw
		if svg, err := f.SVG(); err == nil && len(svg) <= svgLimit {
			bundle["image/svg+xml"] = string(svg)
		}
	} else {
		bundle["text/plain"] = err.Error()
	}
	return bundle
}
