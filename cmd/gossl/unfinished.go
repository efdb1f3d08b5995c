package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gossl/gossl/ssl"
)

// unfinished is the note of a run that was training when its kernel ended. It lies in the user's state until the run is
// over or its directory is gone.
type unfinished struct {
	Run   string `json:"run"`
	Dir   string `json:"dir"` // where it is kept
	Step  int    `json:"step"`
	Steps int    `json:"steps"`
	Book  string `json:"book"` // the notebook that it belongs to
}

// keptRuns is how many directories of runs that nobody asked to keep stay in the user's state; the oldest go first.
const keptRuns = 20

// book is the notebook whose kernel this process is, as the Jupyter server says; other clients do not, and there it is
// the notebook's folder.
func book() string {
	if name := os.Getenv("JPY_SESSION_NAME"); name != "" {
		return name
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}

// endRuns stops the default lab's runs. Those that were training have a checkpoint then, in the directory where they are
// kept or else in one of the user's state, and a note by which [takeUp] finds them.
func endRuns(state string) error {
	var errs error
	for _, r := range ssl.Runs() {
		errs = errors.Join(errs, noteRun(state, r))
	}
	ssl.CloseDefaultLab()
	return errors.Join(errs, forgetOld(filepath.Join(state, "runs")))
}

func noteRun(state string, r *ssl.Run) error {
	dir, over := r.Kept().Dir, labRun{r}.Over()
	if dir == "" {
		if over {
			return nil
		}
		dir = filepath.Join(state, "runs", time.Now().UTC().Format("20060102-150405.000000-")+r.Name())
		if err := r.Keep(dir); err != nil {
			return err
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	path := notePath(state, dir)
	if over {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(unfinished{r.Name(), dir, r.Steps(), r.Experiment().Steps, book()})
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("%s is kept in %s, but the next session will not know: %w", r.Name(), dir, err)
	}
	return nil
}

// notePath is where the note of a run lies that is kept in a directory.
func notePath(state, dir string) string {
	return filepath.Join(state, "unfinished", fmt.Sprintf("%.8x.json", sha256.Sum256([]byte(dir))))
}

// forgetOld removes directories of runs that were kept without being asked for, but for the newest.
func forgetOld(runs string) error {
	entries, err := os.ReadDir(runs) // by name, which begins with the time
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for len(entries) > keptRuns {
		err = errors.Join(err, os.RemoveAll(filepath.Join(runs, entries[0].Name())))
		entries = entries[1:]
	}
	return err
}

// takeUp says how the runs are taken up that were training when this notebook's kernel last ended; empty if there are none.
func takeUp(state string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(state, "unfinished", "*.json"))
	if err != nil {
		return "", err
	}
	var list []unfinished
	var errs error
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		var u unfinished
		if json.Unmarshal(text, &u) == nil {
			if _, err := os.Stat(u.Dir); err == nil {
				if u.Book == book() {
					list = append(list, u)
				}
				continue
			}
		}
		errs = errors.Join(errs, os.Remove(path)) // of a directory that is gone, or cut off by a crash
	}
	if len(list) == 0 {
		return "", errs
	}
	slices.SortFunc(list, func(a, b unfinished) int { return strings.Compare(a.Dir, b.Dir) })
	var b strings.Builder
	b.WriteString("Training was in progress when the kernel ended. To take it up (data of your own go behind the directory):\n")
	for _, u := range list {
		fmt.Fprintf(&b, "\trun := ssl.Resume(%q) // %s, step %d of %d\n", u.Dir, u.Run, u.Step, u.Steps)
	}
	b.WriteString("Whoever does not want it deletes the directory.")
	return b.String(), errs
}
