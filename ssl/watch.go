package ssl

import (
	"fmt"
	"html"
	"strings"
	"sync/atomic"
	"time"
)

// watchPeriod is how often a progress bar is redrawn at most.
const watchPeriod = 250 * time.Millisecond

// finalMIME is the key, with the value true, of a bundle that no update follows, so that a
// terminal leaves it where it is.
const finalMIME = "application/vnd.gossl.final"

var watchCount atomic.Int64

// Watch shows a progress bar of the run below the calling cell, and keeps it up to date until
// the run is over. It does not block. Without a host that shows things it does nothing.
func (r *Run) Watch() {
	show := currentHost().Show
	if show == nil || !r.lab.join() {
		return
	}
	id := fmt.Sprintf("%s-watch-%d", r.name, watchCount.Add(1))
	go func() {
		defer r.lab.work.Done()
		tick := time.NewTicker(watchPeriod)
		defer tick.Stop()
		for {
			r.mu.Lock()
			p, changed := r.progress(), r.changed
			r.mu.Unlock()
			bundle := p.MIMEBundle()
			if p.Status.over() {
				bundle[finalMIME] = true
			}
			show(id, bundle)
			if p.Status.over() {
				return
			}
			select { // the next change, though not before the period is over
			case <-tick.C:
			case <-r.ended:
			}
			select {
			case <-changed:
			case <-r.ended:
			}
		}
	}()
}

// join adds a goroutine to the lab's, unless the lab is closed.
func (l *Lab) join() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.work.Add(1)
	}
	return !l.closed
}

// joinCalls adds a goroutine of a callback, unless the lab is closed.
func (l *Lab) joinCalls() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.calls.Add(1)
	}
	return !l.closed
}

// Progress is where a run stands: what its progress bar shows.
type Progress struct {
	Run             string
	Status          Status
	Step, Steps     int
	Loss            float64 // NaN before the first step
	Lambda          float64 // NaN without a SparseHead
	Negligible      float64 // share of negligible features; NaN without a SparseHead
	ImagesPerSecond float64
	Left            time.Duration
	Err             error
}

// Progress is where the run stands.
func (r *Run) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress()
}

// progress is called under the lock.
func (r *Run) progress() Progress {
	return Progress{
		Run: r.name, Status: r.status, Step: r.step, Steps: r.exp.Steps,
		Loss: r.metrics.Last("loss"), Lambda: r.metrics.Last("lambda"), Negligible: r.metrics.Last("negligible"),
		ImagesPerSecond: r.imagesPerSecond(), Left: r.remaining(), Err: r.err,
	}
}

// parts are the words of the line after the bar.
func (p Progress) parts() []string {
	parts := []string{fmt.Sprintf("step %d/%d", p.Step, p.Steps)}
	add := func(ok bool, format string, args ...any) {
		if ok {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(p.Loss == p.Loss, "loss %.3f", p.Loss)
	add(p.Lambda == p.Lambda, "λ %.3g", p.Lambda)
	add(p.Negligible == p.Negligible, "sparse %.0f%%", 100*p.Negligible)
	add(p.ImagesPerSecond > 0, "%.0f img/s", p.ImagesPerSecond)
	switch {
	case p.Err != nil:
		add(true, "failed: %v", p.Err)
	case p.Status == Training && p.ImagesPerSecond > 0:
		add(true, "%s left", p.Left)
	default:
		add(true, "%s", p.Status)
	}
	return parts
}

func (p Progress) share() float64 { return float64(p.Step) / float64(max(p.Steps, 1)) }

// String is one line of at most 80 columns for a run that has not failed.
func (p Progress) String() string {
	const width = 16
	full := int(p.share() * width)
	return p.Run + " " + strings.Repeat("█", full) + strings.Repeat("░", width-full) + " " + strings.Join(p.parts(), " ")
}

// MIMEBundle is the line as text, and a bar as HTML.
func (p Progress) MIMEBundle() map[string]any {
	return map[string]any{
		"text/plain": p.String(),
		"text/html": fmt.Sprintf(`<div><b>%s</b> <progress value="%d" max="%d"></progress> %s</div>`,
			html.EscapeString(p.Run), p.Step, max(p.Steps, 1), html.EscapeString(strings.Join(p.parts(), " · "))),
	}
}
