package ssl

import "testing"

// A set that is streamed trains to the same weights, bit for bit, across epochs, a resize and
// a checkpoint.
func TestStreamedSet(t *testing.T) {
	train := func() map[string]string {
		l := newLab(t)
		r := startPaused(t, l, toyExperiment(), 9) // an epoch has six steps
		must1(r.Resize(Projector, 14))
		must(t, r.Step(2))
		dir := t.TempDir()
		must(t, r.Save(dir))
		again := must1(l.Load(dir, toy))
		must(t, again.Step(3))
		return allWeights(t, again)
	}
	resident := train()
	limit := residentLimit
	defer func() { residentLimit = limit }()
	residentLimit = func() float64 { return 1 }
	if !streams(toy) {
		t.Fatal("the set is not streamed")
	}
	sameWeights(t, "streamed", train(), resident)
}
