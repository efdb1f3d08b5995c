package ssl

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gossl/gossl/ssl/internal/durable"
)

// Policy says when a run that is kept in a directory gets a checkpoint there, and which
// checkpoints stay.
type Policy struct {
	Every   int    // steps from one to the next
	Last    int    // so many of the newest stay
	Best    string // the one with the best mean of this metric since the checkpoint before it stays too; "" for none
	Highest bool   // the best is the highest, such as of "rankme", not the lowest, such as of "loss"
}

// DefaultPolicy is what [Run.Keep] does if it is not told otherwise: every hundred steps, and
// the last three.
var DefaultPolicy = Policy{Every: 100, Last: 3}

// Check reports a number below 1.
func (p Policy) Check() error {
	if p.Every < 1 || p.Last < 1 {
		return fmt.Errorf("policy: a checkpoint every %d steps, the last %d of them; both must be at least 1", p.Every, p.Last)
	}
	return nil
}

// Keep keeps the run in a directory from now on, so that [Resume], or "gossl resume DIR",
// takes it up again after a crash: checkpoints by a policy, [DefaultPolicy] if none is given,
// and one at the end; every edit before the call that makes it returns; the metrics of every
// step. The first checkpoint is written before Keep returns.
//
// Checkpoints are written by a goroutine of their own; the training is held for a copy of the
// variables. If the disk is slower than the policy, a checkpoint that waits gives way to a
// newer one. A disk that is full, or any other failure to write, leaves the checkpoints that
// are there as they are and the run unharmed; it is shown once and is in [Run.Kept], and the
// next checkpoint is tried when it is due.
//
// The directory is made if need be. It must not hold another run, and is locked while this
// one lives, by a lock that ends with the process.
func (r *Run) Keep(dir string, policy ...Policy) error {
	p := DefaultPolicy
	if len(policy) > 0 {
		p = policy[0]
	}
	k, err := openKeeper(dir, p)
	if err == nil && len(k.files) > 0 {
		k.release()
		err = fmt.Errorf("a run is kept there already; ssl.Resume takes it up, or choose another directory")
	}
	if err != nil {
		return fmt.Errorf("keep %s in %s: %w", r.name, dir, err)
	}
	written := make(chan error, 1)
	err = r.ask(func(o *owner) error {
		if o.keeper != nil {
			return fmt.Errorf("it is kept in %s", o.keeper.dir)
		}
		m, err := o.moment()
		if err != nil {
			return err
		}
		o.keeper = k
		o.run.publish(func() { o.run.keeper, o.run.logged = k, k.number })
		k.start(r)
		k.offer(m, written)
		return nil
	})
	if err != nil {
		k.release()
		return fmt.Errorf("keep %s in %s: %w", r.name, dir, err)
	}
	if err := <-written; err != nil {
		_ = r.ask(func(o *owner) error { // it has ended otherwise, and its keeper with it
			o.keeper = nil
			o.run.publish(func() { o.run.keeper = nil })
			k.close()
			return nil
		})
		return fmt.Errorf("keep %s in %s: %w", r.name, dir, err)
	}
	return nil
}

// Keeping says how a run is kept.
type Keeping struct {
	Dir         string // "" if it is not
	Policy      Policy
	Checkpoints []Checkpoint // that are there, oldest first
	Err         error        // of the last attempt to write; nil if it worked
}

// Checkpoint is one file of a run's directory.
type Checkpoint struct {
	Step  int // steps done
	Path  string
	Score float64 // mean of the policy's metric; NaN without one

	number int
}

// Kept says where and how the run is kept.
func (r *Run) Kept() Keeping {
	r.mu.Lock()
	k := r.keeper
	r.mu.Unlock()
	if k == nil {
		return Keeping{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return Keeping{k.dir, k.policy, slices.Clone(k.files), k.err}
}

// keeper writes one run into its directory. The owner gives it edits, which it writes at
// once, and moments, which its own goroutine writes.
type keeper struct {
	dir    string
	policy Policy
	lock   *durable.Lock
	edits  *durable.Log // written by the owner alone
	number int          // of the next line of edits
	lines  [][]byte     // of edits, as they were found
	steps  *durable.Log // written by the goroutine alone
	last   int          // the last step in it
	run    *Run
	wake   chan struct{}
	ended  chan struct{}

	mu      sync.Mutex
	files   []Checkpoint // oldest first
	waiting *offer
	closing bool
	back    int  // the run went back to this step, after which the log of metrics goes on; -1 if not
	force   bool // an edit could not be written: only a checkpoint has it
	err     error
}

// offer is a moment that waits to be written; written, if there is one, gets the outcome.
type offer struct {
	moment
	written chan error
}

// editLine is a line of the log of edits, in the order in which they were made first. A
// number is missing where an edit could not be written: what follows cannot be relied on.
type editLine struct {
	Number   int  `json:"number"`
	Edit     Edit `json:"edit"`
	Scripted bool `json:"scripted,omitempty"` // from a journal that the run repeats
	Rewound  bool `json:"rewound,omitempty"`  // no edit: the run went back to an earlier checkpoint
}

// The files of a run's directory beside its checkpoints.
const (
	lockFile    = "lock"
	editsFile   = "journal.jsonl"
	metricsFile = "metrics.jsonl"
)

// openKeeper locks a directory, made if need be, and looks what is in it.
func openKeeper(dir string, p Policy) (k *keeper, err error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	k = &keeper{dir: dir, policy: p, back: -1, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	if k.lock, err = durable.Acquire(filepath.Join(dir, lockFile)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			k.release()
		}
	}()
	if err := durable.Sweep(dir); err != nil {
		return nil, err
	}
	if k.files, err = checkpoints(dir); err != nil {
		return nil, err
	}
	if k.edits, k.lines, err = durable.Open(filepath.Join(dir, editsFile)); err != nil {
		return nil, err
	}
	if n := len(k.lines); n > 0 {
		var l editLine
		if err := json.Unmarshal(k.lines[n-1], &l); err != nil {
			return nil, fmt.Errorf("%s: %w", editsFile, err)
		}
		k.number = l.Number + 1
	}
	var lines [][]byte
	if k.steps, lines, err = durable.Open(filepath.Join(dir, metricsFile)); err != nil {
		return nil, err
	}
	k.last = readMetrics(lines).end()
	return k, nil
}

// release closes what is open and gives the directory back.
func (k *keeper) release() {
	for _, l := range []*durable.Log{k.edits, k.steps} {
		if l != nil {
			_ = l.Close() // every line was written, and synced where it had to be
		}
	}
	_ = k.lock.Release()
}

// start begins the keeper's work for a run.
func (k *keeper) start(r *Run) {
	k.run = r
	go k.live()
}

// due reports whether a checkpoint is to be made after a step.
func (k *keeper) due(step int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.force || step%k.policy.Every == 0
}

// edit writes an edit to the log. If that fails the next checkpoint, made as soon as can be,
// has it.
func (k *keeper) edit(e Edit, scripted bool) { k.line(editLine{Edit: e, Scripted: scripted}) }

func (k *keeper) line(l editLine) {
	l.Number = k.number
	k.number++
	text, err := json.Marshal(l)
	if err == nil {
		err = k.edits.Append(text)
	}
	if err != nil {
		k.mu.Lock()
		k.force = true
		k.mu.Unlock()
		k.report(fmt.Errorf("write the edit %v: %w; the next checkpoint has it", l.Edit, err))
	}
	k.signal()
}

// goBack notes in the log of edits that the run goes back to a step.
func (k *keeper) goBack(step int) {
	k.line(editLine{Rewound: true, Edit: Edit{Step: step + 1, Verb: "rewind", Name: "step"}})
}

// wentBack has the log of metrics go on after a step, once the run's are up to it.
func (k *keeper) wentBack(step int) {
	k.mu.Lock()
	k.back = step
	k.mu.Unlock()
	k.signal()
}

// offer has a moment written; one that waited for that gives way, unless somebody waits for it.
func (k *keeper) offer(m moment, written chan error) {
	k.mu.Lock()
	if k.waiting != nil && k.waiting.written != nil {
		written = also(k.waiting.written, written)
	}
	k.waiting, k.force = &offer{m, written}, false
	k.mu.Unlock()
	k.signal()
}

// also returns a channel whose outcome both others get.
func also(a, b chan error) chan error {
	if b == nil {
		return a
	}
	c := make(chan error, 1)
	go func() {
		err := <-c
		a <- err
		b <- err
	}()
	return c
}

func (k *keeper) signal() {
	select {
	case k.wake <- struct{}{}:
	default: // it is awake
	}
}

// close has what waits written, and gives the directory back.
func (k *keeper) close() {
	k.mu.Lock()
	k.closing = true
	k.mu.Unlock()
	k.signal()
	<-k.ended
}

// live is the life of the keeper's goroutine.
func (k *keeper) live() {
	defer close(k.ended)
	defer k.release()
	for {
		k.mu.Lock()
		next, closing := k.waiting, k.closing
		k.waiting = nil
		if k.back >= 0 {
			k.last, k.back = min(k.last, k.back), -1
		}
		k.mu.Unlock()
		k.run.mu.Lock() // metrics after k.back, which is set after they are those of a run that went back
		metrics, changed := k.run.metrics.clone(), k.run.changed
		k.run.mu.Unlock()
		err := k.logSteps(metrics)
		switch {
		case next != nil:
			if err == nil {
				err = k.write(next.moment)
			}
			k.report(err) // before who waits for it can ask
			if next.written != nil {
				next.written <- err
			}
			continue
		case err != nil:
			k.report(err)
		}
		if closing {
			return
		}
		select {
		case <-changed:
		case <-k.wake:
		}
	}
}

// logSteps writes the metrics of the steps that the log lacks.
func (k *keeper) logSteps(m Metrics) error {
	end := m.end()
	if end < k.last { // it is one of before a crash
		k.last = end
	}
	var lines [][]byte
	for step := max(k.last+1, m.First); step <= end; step++ {
		lines = append(lines, m.line(step))
	}
	if len(lines) == 0 {
		return nil
	}
	if err := k.steps.Append(lines...); err != nil {
		return fmt.Errorf("write the metrics of step %d: %w", k.last+1, err)
	}
	k.last = end
	return nil
}

// write makes a checkpoint, after what the logs have of it is on the disk.
func (k *keeper) write(m moment) error {
	if err := errors.Join(k.steps.Sync(), k.edits.Sync()); err != nil {
		return err
	}
	k.mu.Lock()
	files := slices.Clone(k.files)
	k.mu.Unlock()
	files, err := addCheckpoint(k.dir, files, m, k.policy)
	k.mu.Lock()
	k.files = files
	k.mu.Unlock()
	return err
}

// take writes a moment and waits for that; errKeeperEnded if it is too late.
func (k *keeper) take(m moment) error {
	written := make(chan error, 1)
	k.offer(m, written)
	select {
	case err := <-written:
		return err
	case <-k.ended:
	}
	select { // both can have happened
	case err := <-written:
		return err
	default:
		return errKeeperEnded
	}
}

var errKeeperEnded = errors.New("the run's directory is closed")

// divide says which checkpoints stay and which go.
func (p Policy) divide(files []Checkpoint) (stay, remove []Checkpoint) {
	best := -1
	for i, f := range files {
		better := best < 0 || f.Score < files[best].Score
		if p.Highest {
			better = best < 0 || f.Score > files[best].Score
		}
		if !math.IsNaN(f.Score) && better {
			best = i
		}
	}
	for i, f := range files {
		if i == best || i >= len(files)-p.Last {
			stay = append(stay, f)
		} else {
			remove = append(remove, f)
		}
	}
	return stay, remove
}

// failure is the outcome of the last attempt to write.
func (k *keeper) failure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// report notes the outcome of an attempt to write, and shows a failure once.
func (k *keeper) report(err error) {
	k.mu.Lock()
	old := k.err
	k.err = err
	k.mu.Unlock()
	if err == nil || old != nil && old.Error() == err.Error() {
		return
	}
	k.run.tell(fmt.Sprintf("it goes on, but is not kept in %s: %v", k.dir, err))
}
