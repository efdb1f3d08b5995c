package ssl

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/device"
)

// Lab owns a backend's runs: it starts them, shares the device among them step by step, and
// stops them all when it is closed.
type Lab struct {
	backend compute.Backend
	about   string

	turns *turns // runs take turns on the device

	mu     sync.Mutex
	runs   []*Run
	sets   []*data.Set // seen so far, so that a checkpoint finds its own again
	refs   map[*data.Set]DataRef
	images map[*data.Set]*resident
	closed bool

	programs map[string]*compiled // in use, by key
	work     sync.WaitGroup       // every goroutine that the lab has started, but for
	calls    sync.WaitGroup       // those of callbacks
}

// resident are images that lie on the device, shared by the runs that use them.
type resident struct {
	tensor *tensors.Tensor
	users  int
}

// NewLab returns a lab on a backend, which stays the caller's and must outlive the lab.
func NewLab(backend compute.Backend) *Lab {
	return &Lab{backend: backend, about: backend.Description(), images: map[*data.Set]*resident{}, refs: map[*data.Set]DataRef{}, programs: map[string]*compiled{}, turns: newTurns()}
}

var (
	defaultMu  sync.Mutex
	defaultLab *Lab
)

// DefaultLab is the lab of [Start] and [Load]. It is made at the first call, on the backend
// that the host opens ([Host.Open]); after [CloseDefaultLab] the next call makes another.
func DefaultLab() (*Lab, error) {
	defaultMu.Lock()
	defer defaultMu.Unlock()
	if defaultLab != nil {
		return defaultLab, nil
	}
	ctx := cellContext()
	var l *Lab
	if open := currentHost().Open; open != nil {
		backend, about, err := open(ctx)
		if err != nil {
			return nil, err
		}
		l = NewLab(backend)
		l.about = about
	} else {
		backend, info, err := device.Open(ctx, "", device.Options{})
		if err != nil {
			return nil, err
		}
		l = NewLab(backend)
		l.about = info.String()
	}
	defaultLab = l
	return l, nil
}

// CloseDefaultLab stops the default lab's runs, if there is one. The host calls it at its end.
func CloseDefaultLab() {
	defaultMu.Lock()
	l := defaultLab
	defaultLab = nil
	defaultMu.Unlock()
	if l != nil {
		l.Close()
	}
}

// Backend is the backend that the lab's runs train on.
func (l *Lab) Backend() compute.Backend { return l.backend }

// Start checks the experiment, builds its training graph once to find every mistake in it,
// and trains a copy of it in the background, with the knobs that [Preset] gives. What is wrong is in the error, which names the
// setting or the part; nothing runs then.
func (l *Lab) Start(e *Experiment) (*Run, error) {
	e, err := preset(e)
	if err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	if err := e.fits(); err != nil {
		return nil, &SettingError{"Projector", err}
	}
	if err := e.discover(l.backend); err != nil {
		return nil, err
	}
	return l.start(e, beginning{})
}

// Start trains an experiment in the background, on the default lab. It panics with an error
// if the experiment is wrong or there is no backend; [Lab.Start] returns it.
func Start(e *Experiment) *Run {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	r, err := l.Start(e)
	if err != nil {
		panic(err)
	}
	return r
}

// Runs are the lab's runs in the order of their start. They print as a table.
func (l *Lab) Runs() RunList {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.runs)
}

// Runs are the default lab's runs; none before the first start.
func Runs() RunList {
	defaultMu.Lock()
	l := defaultLab
	defaultMu.Unlock()
	if l == nil {
		return nil
	}
	return l.Runs()
}

// String is a table of the lab's runs.
func (l *Lab) String() string {
	runs := l.Runs()
	if len(runs) == 0 {
		return l.about
	}
	return l.about + "\n" + runs.String()
}

// Close stops every run after its present step and waits until their goroutines are gone and
// their memory on the device is free. A callback's call that is in progress is waited for, but
// no longer than [CallbackGrace]: Go has no means to end it. Runs keep their last weights on the host, so that they
// can still be evaluated by another lab's means and saved. Closing twice is allowed.
func (l *Lab) Close() {
	l.mu.Lock()
	l.closed = true
	runs := slices.Clone(l.runs)
	l.mu.Unlock()
	for _, r := range runs {
		r.halt()
	}
	l.work.Wait()
	called := make(chan struct{})
	go func() {
		l.calls.Wait()
		close(called)
	}()
	select {
	case <-called:
	case <-time.After(CallbackGrace):
	}
}

// CallbackGrace is how long [Lab.Close] waits for callbacks that do not return.
const CallbackGrace = 2 * time.Second

// add registers a run, unless the lab is closed.
func (l *Lab) add(r *Run) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return fmt.Errorf("the lab is closed; make another with ssl.NewLab")
	}
	l.runs = append(l.runs, r)
	r.name = fmt.Sprintf("%s-%d", r.exp.Method, len(l.runs))
	if !slices.Contains(l.sets, r.exp.Data) {
		l.sets = append(l.sets, r.exp.Data)
	}
	l.work.Add(1)
	return nil
}

// meet notes a data set, so that checkpoints and journals find it.
func (l *Lab) meet(set *data.Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.sets, set) {
		l.sets = append(l.sets, set)
	}
}

// borrow returns the set's training images on the device, nil for a set that is streamed; the
// run gives them back.
func (l *Lab) borrow(set *data.Set) (*tensors.Tensor, error) {
	if streams(set) {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.images[set]; r != nil {
		r.users++
		return r.tensor, nil
	}
	t := set.Train
	images := tensors.FromFlatDataAndDimensions(t.Images, t.N, t.Height, t.Width, t.Channels)
	if err := images.ToDevice(l.backend, 0); err != nil {
		return nil, fmt.Errorf("the %d training images do not go onto the device: %w", t.N, err)
	}
	l.images[set] = &resident{images, 1}
	return images, nil
}

func (l *Lab) giveBack(set *data.Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.images[set]; r != nil {
		if r.users--; r.users == 0 {
			r.tensor.FinalizeAll()
			delete(l.images, set)
		}
	}
}

// known finds a data set by its fingerprint among those the lab has seen.
func (l *Lab) known(fingerprint string) *data.Set {
	l.mu.Lock()
	sets := slices.Clone(l.sets)
	l.mu.Unlock()
	for _, s := range sets {
		if l.refer(s).Fingerprint == fingerprint {
			return s
		}
	}
	return nil
}
