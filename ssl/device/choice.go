package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// choiceFile holds the name that [Store.Use] keeps.
const choiceFile = "default"

// Choice is the backend that sessions open when nothing else names one, as [Store.Use]
// kept it; "" when the choice is left to [Open].
func (s *Store) Choice() (string, error) {
	raw, err := os.ReadFile(filepath.Join(s.Dir, choiceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("device: the chosen backend: %w; `gossl backend use auto` forgets it", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// Use keeps name as the backend of later sessions: a name that [Open] takes, its options
// included. "" leaves the choice to Open again. The name is only parsed here; opening it
// says whether it works.
func (s *Store) Use(name string) error {
	path := filepath.Join(s.Dir, choiceFile)
	if name == "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("device: %w", err)
		}
		return nil
	}
	if _, err := s.parseName(name); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return fmt.Errorf("device: %w; set %s to a folder that can be written", err, CacheEnv)
	}
	if err := writeAtomically(path, []byte(name+"\n")); err != nil {
		return fmt.Errorf("device: keeping the choice of %q: %w", name, err)
	}
	return nil
}
