package ssl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/internal/durable"
)

// Save writes a checkpoint of the run into a directory, which is made if need be: weights,
// moments, running statistics, experiment, journal, schedules, metrics. The run is held for a
// copy of its variables only, between two steps. [Run.Keep] does so by itself as the run
// trains.
//
// The file is named for its number in the directory and its step; the last one that was there
// stays beside it. It is written under another name and renamed when it is whole and on the
// disk, so that a full disk or a power cut leaves the last good one.
func (r *Run) Save(dir string) error {
	m, err := r.snapshot()
	if err != nil {
		return err
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("save %s: it failed, and its weights are not worth keeping: %w", r.name, err)
	}
	if err := r.save(dir, m); err != nil {
		return fmt.Errorf("save %s into %s: %w; the checkpoints that were there are as they were", r.name, dir, err)
	}
	return nil
}

func (r *Run) save(dir string, m moment) error {
	r.mu.Lock()
	k := r.keeper
	r.mu.Unlock()
	if k != nil && sameDir(k.dir, dir) {
		err := k.take(m)
		if errors.Is(err, errKeeperEnded) { // its last checkpoint was this moment
			err = k.failure()
		}
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, editsFile)); err == nil {
		return fmt.Errorf("a run is kept there, and no other can be; choose another directory")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	lock, err := durable.Acquire(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	defer lock.Release()
	if err := durable.Sweep(dir); err != nil {
		return err
	}
	files, err := checkpoints(dir)
	if err != nil {
		return err
	}
	_, err = addCheckpoint(dir, files, m, Policy{Every: 1, Last: 2})
	return err
}

func sameDir(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// Load makes a run of a checkpoint: of a directory that [Run.Save] wrote, or of one of its
// files. The run is paused where the checkpoint was made, or done. The data set is the one
// given, or else found again: among those the lab has used, or Fashion-MNIST; it must have
// the pixels and labels that the run was trained on. Losses and encoders of your own must be
// registered, by [NewLoss], before.
func (l *Lab) Load(path string, set *data.Set) (*Run, error) {
	file, err := checkpointPath(path)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	r, err := l.load(file, set)
	if err == nil {
		return r, nil
	}
	err = fmt.Errorf("load %s: %w", file, err)
	if files, _ := checkpoints(filepath.Dir(file)); len(files) > 1 && file == files[len(files)-1].Path {
		err = fmt.Errorf("%w; the checkpoint before it is %s", err, files[len(files)-2].Path)
	}
	return nil, err
}

// Load makes a run of a checkpoint on the default lab, see [Lab.Load]. It panics with an
// error if it cannot.
func Load(path string, set ...*data.Set) *Run {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	var s *data.Set
	if len(set) > 0 {
		s = set[0]
	}
	r, err := l.Load(path, s)
	if err != nil {
		panic(err)
	}
	return r
}

// checkpointPath is the file itself, or the newest of a directory.
func checkpointPath(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return path, nil
	}
	files, err := checkpoints(path)
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", errNoCheckpoint
	}
	return files[len(files)-1].Path, nil
}

var errNoCheckpoint = errors.New("there is no checkpoint in it")

func (l *Lab) load(file string, sets ...*data.Set) (*Run, error) {
	m, err := l.read(file, sets...)
	if err != nil {
		return nil, err
	}
	from := m.beginning()
	from.paused = true
	return l.start(m.exp, from)
}

// read makes a moment of a checkpoint, with its data, and checks that it can go on here.
func (l *Lab) read(file string, sets ...*data.Set) (*moment, error) {
	m, now, begun, err := readCheckpoint(file)
	if err != nil {
		return nil, err
	}
	sets = slices.DeleteFunc(slices.Clone(sets), func(s *data.Set) bool { return s == nil })
	for _, s := range sets {
		l.meet(s)
	}
	if m.exp.Data, err = l.resolve(now, sets...); err != nil {
		return nil, err
	}
	m.lab = l
	if err := m.exp.Check(); err != nil {
		return nil, err
	}
	if m.begun.Data = m.exp.Data; begun.Fingerprint != now.Fingerprint {
		m.begun.Data, _ = l.resolve(begun) // needed to replay the run alone
	}
	return m, l.agrees(m.exp, m.weights)
}

// agrees builds the step over the loaded variables without compiling it: a checkpoint whose
// experiment and variables do not belong together is refused here.
func (l *Lab) agrees(e *Experiment, w weights) error {
	store, err := w.store()
	if err != nil {
		return err
	}
	defer store.Finalize()
	known := store.NumVariables()
	if err := traceIn(l.backend, e, store); err != nil {
		return err
	}
	if n := store.NumVariables(); n != known {
		return fmt.Errorf("%d of the %d variables of its experiment are missing", n-known, n)
	}
	return nil
}

// resolve finds the data set that a checkpoint speaks of: one of those given, or their first
// images; or else one that the lab has seen; or one that is read again from where it was, or,
// Fashion-MNIST, from wherever it lies on this machine.
func (l *Lab) resolve(ref DataRef, given ...*data.Set) (*data.Set, error) {
	is := func(s *data.Set) bool { return l.refer(s).Fingerprint == ref.Fingerprint }
	for _, s := range given {
		if is(s) {
			return s, nil
		}
		if first := s.First(ref.Train, ref.Test); (first.Train.N < s.Train.N || first.Test.N < s.Test.N) && is(first) {
			return first, nil
		}
	}
	if len(given) > 0 {
		return nil, fmt.Errorf("it was trained on other data, %s, than the set given, %s; give it that set", ref, given[0])
	}
	if s := l.known(ref.Fingerprint); s != nil {
		return s, nil
	}
	var places []data.Origin
	if ref.Origin.Loader != "" {
		places = append(places, ref.Origin)
	}
	if ref.Name == "Fashion-MNIST" {
		anywhere := data.Origin{Loader: "fashion-mnist", Parts: ref.Origin.Parts}
		places = append(places, anywhere)
		anywhere.Parts = []data.Part{{Train: ref.Train, Test: ref.Test}}
		places = append(places, anywhere)
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("it was trained on %s, which a program made and this lab has not seen; make that set and give it: ssl.Load(path, set) or ssl.Resume(path, set)", ref)
	}
	var why error
	for _, o := range places {
		s, err := data.Open(o)
		if err == nil && is(s) {
			l.meet(s)
			return s, nil
		}
		if err == nil {
			err = fmt.Errorf("%s has other pixels or labels now", o)
		}
		if why == nil {
			why = err
		}
	}
	return nil, fmt.Errorf("it was trained on %s, and cannot be given that: %w; put it there again, or say where it is: ssl.Load(path, set), ssl.Resume(path, set), gossl resume DIR --data %s:PATH",
		ref, why, places[0].Loader)
}

// KeptData says which data sets the newest whole checkpoint of a directory, or the file of a
// checkpoint, speaks of: the one that it trains on, and those of its edits.
func KeptData(path string) ([]DataRef, error) {
	file, err := checkpointPath(path)
	if err != nil {
		return nil, fmt.Errorf("the data of %s: %w", path, err)
	}
	files := []Checkpoint{{Path: file}}
	if file != path {
		if files, err = checkpoints(path); err != nil {
			return nil, fmt.Errorf("the data of %s: %w", path, err)
		}
	}
	for _, f := range slices.Backward(files) {
		var m *moment
		var now, begun DataRef
		if m, now, begun, err = readCheckpoint(f.Path); err != nil {
			continue
		}
		refs := []DataRef{now}
		add := func(ref *DataRef) {
			if ref != nil && ref.Fingerprint != "" && !slices.ContainsFunc(refs, func(r DataRef) bool { return r.Fingerprint == ref.Fingerprint }) {
				refs = append(refs, *ref)
			}
		}
		add(&begun)
		for _, e := range m.journal {
			add(e.Data)
		}
		for _, p := range m.script {
			add(p.Data)
		}
		return refs, nil
	}
	return nil, fmt.Errorf("the data of %s: %w", path, err)
}
