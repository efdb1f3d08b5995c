package device

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	manifestName = "gossl-plugin.json"  // what was installed; written last, so that its presence means complete
	stampName    = "gossl-verified.txt" // the files' stamps when their hashes were last found right
)

// manifest records what was unpacked from the verified wheels.
type manifest struct {
	Name, Version string
	Files         []fileRecord
}

type fileRecord struct {
	Path   string // slash-separated, below the plugin's folder
	Size   int64
	SHA256 string
}

// CorruptError reports an installed plugin whose files are not what was installed.
type CorruptError struct {
	Plugin string // its name
	File   string // the file that differs
	Detail string // how
}

// Error names the file and suggests to install again.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("plugin %q is damaged: %s: %s; `gossl backend install %s` installs it again", e.Plugin, e.File, e.Detail, e.Plugin)
}

func readManifest(dir, name string) (*manifest, error) {
	path := filepath.Join(dir, manifestName)
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, &CorruptError{name, path, err.Error()}
	}
	return &m, nil
}

// verifyAll hashes every file and, when all are right, notes their stamps.
func verifyAll(dir, name string) error {
	m, err := readManifest(dir, name)
	if err != nil {
		return err
	}
	before, err := m.stamps(dir, name)
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		got, err := hashFile(path)
		if err != nil {
			return &CorruptError{name, path, err.Error()}
		}
		if got != f.SHA256 {
			return &CorruptError{name, path, fmt.Sprintf("its SHA-256 is %s, not %s", got, f.SHA256)}
		}
	}
	if before != "" {
		// Best effort: without it the next start hashes again, which is slower and as right.
		_ = writeAtomically(filepath.Join(dir, stampName), []byte(before))
	}
	return nil
}

// verifyQuick trusts files whose size, inode, and times of change and of modification are
// those of the last full check, and hashes them otherwise. The time of change cannot be
// set back by a program, so no write goes unnoticed; the hash costs 0.2–1 s, this 1 ms.
func verifyQuick(dir, name string) error {
	m, err := readManifest(dir, name)
	if err != nil {
		return err
	}
	now, err := m.stamps(dir, name)
	if err != nil {
		return err
	}
	if seen, err := os.ReadFile(filepath.Join(dir, stampName)); err == nil && now != "" && string(seen) == now {
		return nil
	}
	return verifyAll(dir, name)
}

// stamps returns one line per file, or "" where the system has no time of change. A file
// that is missing or of another size is an error.
func (m *manifest) stamps(dir, name string) (string, error) {
	var b strings.Builder
	known := true
	for _, f := range m.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		st, err := os.Stat(path)
		if err != nil {
			return "", &CorruptError{name, path, "the file is missing"}
		}
		if st.Size() != f.Size {
			return "", &CorruptError{name, path, fmt.Sprintf("it has %d bytes, not %d", st.Size(), f.Size)}
		}
		stamp, ok := fileStamp(st)
		known = known && ok
		fmt.Fprintf(&b, "%s %d %s\n", f.SHA256, f.Size, stamp)
	}
	if !known {
		return "", nil
	}
	return b.String(), nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, f, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// writeAtomically writes a small file under a temporary name and renames it.
func writeAtomically(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
