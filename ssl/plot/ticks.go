package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// linear puts ticks at multiples of 1, 2 or 5 times a power of ten, about n of them.
type linear struct {
	n    int
	bare bool // without words
}

// Ticks implements plot.Ticker.
func (l linear) Ticks(lo, hi float64) []plot.Tick {
	step := niceStep((hi - lo) / float64(l.n))
	first := math.Ceil(lo/step - 1e-9)
	var out []plot.Tick
	for k := first; k*step <= hi+1e-9*step; k++ {
		t := plot.Tick{Value: k * step, Label: " "} // an empty one would make the tick minor
		if !l.bare {
			t.Label = tickWord(k*step, step)
		}
		out = append(out, t)
		if len(out) > 100 { // lo and hi so near that step is lost in rounding
			break
		}
	}
	return out
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that is at least raw.
func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// tickWord writes a multiple of step with the digits that step needs.
func tickWord(v, step float64) string {
	if v == 0 || math.Abs(v) < step/2 {
		return "0"
	}
	size := math.Max(math.Abs(v), step)
	if size >= 1e6 || step < 1e-4 {
		digits := int(math.Floor(math.Log10(math.Abs(v)))) - int(math.Floor(math.Log10(step)+1e-9))
		return strconv.FormatFloat(v, 'e', max(digits, 0), 64)
	}
	return strconv.FormatFloat(v, 'f', max(0, -int(math.Floor(math.Log10(step)+1e-9))), 64)
}

// decades puts ticks at powers of ten, few enough to be read, and small ones between.
type decades struct{ n int }

// Ticks implements plot.Ticker.
func (d decades) Ticks(lo, hi float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(lo)+1e-9)), int(math.Ceil(math.Log10(hi)-1e-9))
	every := max(1, int(math.Ceil(float64(last-first)/float64(d.n))))
	var out []plot.Tick
	for e := first; e <= last; e++ {
		value := math.Pow10(e)
		switch {
		case value == 0 || math.IsInf(value, 0):
			continue
		case e%every != 0:
			out = append(out, plot.Tick{Value: value})
		case e >= -3 && e <= 4:
			out = append(out, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', -1, 64)})
		default:
			out = append(out, plot.Tick{Value: value, Label: "1e" + strconv.Itoa(e)})
		}
		for m := 2; m <= 9 && last-first <= 4; m++ {
			out = append(out, plot.Tick{Value: float64(m) * value})
		}
	}
	kept := out[:0]
	for _, t := range out {
		if t.Value >= lo*(1-1e-9) && t.Value <= hi*(1+1e-9) {
			kept = append(kept, t)
		}
	}
	return kept
}
