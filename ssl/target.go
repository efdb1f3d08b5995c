package ssl

import (
	"fmt"
	"math"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Target is a second copy of encoder, projector and prototypes that follows the trained ones:
// after each step every weight of it becomes m·target + (1−m)·trained. No gradient reaches
// it; its batch norms keep running statistics of their own.
type Target struct {
	Momentum float64 // m, at the first step; knob "ema"
	Schedule string  // "cosine" to 1 at the last step, "constant", or "" for no target
}

// EMA is a target whose momentum rises to 1 over the run on a cosine, as in BYOL.
func EMA(momentum float64) Target { return Target{momentum, "cosine"} }

// On reports whether there is a target.
func (t Target) On() bool { return t != Target{} }

// String is such as "EMA 0.996, cosine".
func (t Target) String() string {
	if !t.On() {
		return "none"
	}
	return fmt.Sprintf("EMA %g, %s", t.Momentum, t.Schedule)
}

// Check reports an unknown schedule; the momentum's range is checked with the knobs.
func (t Target) Check() error {
	if t.On() && t.Schedule != "cosine" && t.Schedule != "constant" {
		return fmt.Errorf("schedule %q is unknown; there are \"cosine\" and \"constant\"; for a target use ssl.EMA(%g)", t.Schedule, t.Momentum)
	}
	return nil
}

// at is the momentum of a step (counted from 0) of so many: 1 − (1 − m)·(cos πk/K + 1)/2 on
// the cosine (arXiv:2006.07733, section 3.2).
func (t Target) at(step, steps int) float64 {
	if t.Schedule == "constant" {
		return t.Momentum
	}
	k := min(float64(step)/float64(max(steps-1, 1)), 1)
	return 1 - (1-t.Momentum)*(math.Cos(math.Pi*k)+1)/2
}

// targetScope is above the target's variables, which have the paths of the trained ones below it.
const targetScope = "/target"

// holdTarget keeps the optimiser away from the target's weights.
func holdTarget(store *model.Store) {
	for v := range store.IterVariables() {
		if strings.HasPrefix(v.Path(), targetScope+"/") {
			v.SetTrainable(false)
		}
	}
}

// followTarget moves the target's weights, inside the graph, after the optimiser's step.
// Running statistics, which the target's own batches move, are left alone.
func followTarget(store *model.Store, g *Graph, momentum *Node) {
	for v := range store.IterVariables() {
		path, ok := strings.CutPrefix(v.Path(), targetScope)
		if !ok {
			continue
		}
		trained := store.GetVariable(path)
		if trained == nil || !trained.Trainable {
			continue
		}
		now, next := v.NodeValue(g), trained.NodeValue(g)
		m := like(momentum, now)
		v.SetNodeValue(Add(Mul(now, m), Mul(next, OneMinus(m))))
	}
}

// beginTarget makes a new target equal to the trained networks.
func beginTarget(store *model.Store) error {
	for v := range store.IterVariables() {
		path, ok := strings.CutPrefix(v.Path(), targetScope)
		if !ok {
			continue
		}
		trained := store.GetVariable(path)
		if trained == nil {
			continue
		}
		value, err := trained.Value()
		if err == nil {
			value, err = value.LocalClone()
		}
		if err == nil {
			err = v.SetValue(value)
		}
		if err != nil {
			return fmt.Errorf("copy %s to the target: %w", path, err)
		}
	}
	return nil
}

// hasTarget reports whether a store has a target already.
func hasTarget(store *model.Store) bool {
	for v := range store.IterVariables() {
		if strings.HasPrefix(v.Path(), targetScope+"/") {
			return true
		}
	}
	return false
}

// mirrored reports which weight a variable goes with: a moment of the optimiser's or the
// target's copy follows it when it changes its size. A moment of a unit that is new is zero.
func mirrored(path string) (weight string, moment bool) {
	if rest, ok := strings.CutPrefix(path, optimizerScope+"/"); ok {
		if _, weight, ok := strings.Cut(rest, "/"); ok {
			return "/" + weight, true
		}
		return path, false
	}
	if rest, ok := strings.CutPrefix(path, targetScope); ok {
		return rest, false
	}
	return path, false
}
