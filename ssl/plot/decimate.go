package plot

import "gonum.org/v1/plot/plotter"

// maxRun is how many points of a curve are drawn; more cannot be told apart.
const maxRun = 4000

// runs cuts a series at its missing values and thins long ones out.
func (s Series) runs(log bool) []plotter.XYs {
	var out []plotter.XYs
	var run plotter.XYs
	end := func() {
		if run != nil {
			out = append(out, thin(run))
			run = nil
		}
	}
	for i := range s.points() {
		if s.seen(i, log) {
			run = append(run, plotter.XY{X: s.X[i], Y: s.Y[i]})
		} else {
			end()
		}
	}
	end()
	return out
}

// thin keeps, of each stretch of points, the first, the lowest, the highest and the
// last, in their order: no spike is lost.
func thin(run plotter.XYs) plotter.XYs {
	if len(run) <= maxRun {
		return run
	}
	stretches := maxRun / 4
	var out plotter.XYs
	for k := range stretches {
		lo, hi := k*len(run)/stretches, (k+1)*len(run)/stretches
		low, high := lo, lo
		for i := lo; i < hi; i++ {
			if run[i].Y < run[low].Y {
				low = i
			}
			if run[i].Y > run[high].Y {
				high = i
			}
		}
		previous := -1
		for _, i := range []int{lo, min(low, high), max(low, high), hi - 1} {
			if i > previous {
				out = append(out, run[i])
				previous = i
			}
		}
	}
	return out
}
