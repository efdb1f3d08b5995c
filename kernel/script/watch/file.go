package watch

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// File looks at a file again and again. It asks the file system instead of waiting for its events: these do not come
// from network drives and containers' mounts, and an editor may put a new file in the old one's place.
type File struct {
	Path  string
	Every time.Duration // how often it looks; 0: five times a second

	seen fs.FileInfo
	text string
}

// Next waits until the file has another text than the last time and has kept it for one look, since editors write in
// several steps. A file that is not there may come back. The error is the context's.
func (f *File) Next(ctx context.Context) (string, error) {
	every := f.Every
	if every == 0 {
		every = time.Second / 5
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	first := f.seen == nil
	var before fs.FileInfo // of the look before, when the file was new then
	for {
		now, err := os.Stat(f.Path)
		switch {
		case err != nil || same(now, f.seen):
			before = nil
		case !first && !same(now, before):
			before = now
		default:
			if text, err := os.ReadFile(f.Path); err == nil {
				f.seen, before = now, nil
				if again, err := os.Stat(f.Path); err == nil && same(again, now) && (first || string(text) != f.text) {
					f.text = string(text)
					return f.text, nil
				}
			}
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-tick.C:
		}
	}
}

func same(a, b fs.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
