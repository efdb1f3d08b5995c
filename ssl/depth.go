package ssl

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gossl/gossl/ssl/net"
)

// addLayer puts a layer that passes its input on before layer n, the last, and returns its
// width, which will become the one that is wanted.
//
// A ReLU passes on what another has put out. A GELU does so for inputs so large that it is
// linear there: they are shifted up, and back in the last layer. Batch norm in training gives
// the same result for a batch and for the batch moved or stretched, feature by feature, so that
// no weights make it pass every batch on. Its running statistics, scale and offset are
// set to the mean and variance that its input is expected to have: with the running statistics
// it passes its input on, and in training it does for a batch that has that mean and variance.
func (s *surgery) addLayer(scope string, n int, m net.MLP, wanted int) (width int, err error) {
	layer := func(n int) string { return fmt.Sprintf("%s/layer%d/", scope, n) }
	last := s.values[layer(n)+"weights"]
	if last == nil {
		return 0, fmt.Errorf("there is no variable %sweights", layer(n))
	}
	s.rename(layer(n), layer(n+1))
	width = last.Shape().Dimensions[0]
	dtype := last.DType()
	identity := make([]float64, width*width)
	for i := range width {
		identity[i*width+i] = 1
	}
	shift := 0.0
	if m.GELU && n > 1 && wanted >= width { // a unit that went would take its part of the shift along
		shift = linearGELU
	}
	for _, copy := range []string{"", targetScope} {
		if s.values[copy+layer(n+1)+"weights"] == nil {
			continue
		}
		put := func(name string, value func(i int) float64) {
			values := make([]float64, width)
			for i := range values {
				values[i] = value(i)
			}
			s.put(copy+layer(n)+name, net.Tensor(dtype, values, width))
		}
		s.put(copy+layer(n)+"weights", net.Tensor(dtype, identity, width, width))
		scale, _, _, err := s.matrix(copy + layer(n-1) + "norm/scale")
		if m.Norm && err == nil {
			offset, _, _, err := s.matrix(copy + layer(n-1) + "norm/offset")
			if err != nil {
				return 0, err
			}
			mean, variance := make([]float64, width), make([]float64, width)
			for i := range width {
				mean[i], variance[i] = activated(m, scale[i], offset[i])
			}
			put("norm/mean", func(i int) float64 { return mean[i] })
			put("norm/variance", func(i int) float64 { return variance[i] })
			put("norm/scale", func(i int) float64 { return math.Sqrt(variance[i] + net.NormEpsilon) })
			put("norm/offset", func(i int) float64 { return mean[i] + shift })
		} else if !m.Norm {
			put("biases", func(int) float64 { return shift })
		}
		if shift != 0 {
			if err := s.shiftBack(copy+layer(n+1), shift); err != nil {
				return 0, err
			}
		}
	}
	return width, nil
}

// linearGELU is what a GELU's input is shifted up by, so that it is passed on to a part in 10⁸:
// what a GELU puts out is not below −0.17.
const linearGELU = 6

// activated is the mean and the variance of what batch norm with this scale and offset and the
// activation after it put out, for inputs of a normal distribution.
func activated(m net.MLP, scale, offset float64) (mean, variance float64) {
	const steps, far = 800, 8.0 // midpoints of z in ±8
	const dz = 2 * far / steps
	for i := range steps {
		z := -far + (float64(i)+0.5)*dz
		x := offset + scale*z
		if m.GELU {
			x *= 0.5 * (1 + math.Erf(x/math.Sqrt2))
		} else {
			x = max(x, 0)
		}
		p := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * dz
		mean += p * x
		variance += p * x * x
	}
	return mean, max(variance-mean*mean, 0)
}

// shiftBack makes a layer compute what it did of inputs that are shifted up now.
func (s *surgery) shiftBack(layer string, shift float64) error {
	w, rows, columns, err := s.matrix(layer + "weights")
	if err != nil {
		return err
	}
	for name, sign := range map[string]float64{"biases": -1, "norm/mean": 1} { // a layer has one of them
		values, _, _, err := s.matrix(layer + name)
		if err != nil {
			continue
		}
		for i := range rows {
			for j := range columns {
				values[j] += sign * shift * w[i*columns+j]
			}
		}
		s.put(layer+name, net.Tensor(s.values[layer+"weights"].DType(), values, columns))
	}
	return nil
}

// dropLayer removes the layer before layer n, the last, which takes over what it computes
// without its nonlinearity and norm.
func (s *surgery) dropLayer(scope string, n int) error {
	layer := func(n int) string { return fmt.Sprintf("%s/layer%d/", scope, n) }
	for _, copy := range []string{"", targetScope} {
		if s.values[copy+layer(n)+"weights"] == nil {
			continue
		}
		a, rows, inner, err := s.matrix(copy + layer(n-1) + "weights")
		if err != nil {
			return err
		}
		b, _, columns, err := s.matrix(copy + layer(n) + "weights")
		if err != nil {
			return err
		}
		dtype := s.values[copy+layer(n)+"weights"].DType()
		s.put(copy+layer(n)+"weights", net.Tensor(dtype, product(a, b, rows, inner, columns), rows, columns))
		if shift, _, _, err := s.matrix(copy + layer(n-1) + "biases"); err == nil {
			if bias, _, _, err := s.matrix(copy + layer(n) + "biases"); err == nil {
				through := product(shift, b, 1, inner, columns)
				for i := range bias {
					bias[i] += through[i]
				}
				s.put(copy+layer(n)+"biases", net.Tensor(dtype, bias, columns))
			}
		}
	}
	s.remove(layer(n - 1))
	for _, path := range slices.Clone(s.paths) { // the weights' meaning is another
		if base, moment := mirrored(path); moment && strings.HasPrefix(base, layer(n)) {
			s.drop(path)
		}
	}
	s.rename(layer(n), layer(n-1))
	return nil
}

// product of matrices, [rows, inner] by [inner, columns].
func product(a, b []float64, rows, inner, columns int) []float64 {
	out := make([]float64, rows*columns)
	for i := range rows {
		for k := range inner {
			for j := range columns {
				out[i*columns+j] += a[i*inner+k] * b[k*columns+j]
			}
		}
	}
	return out
}
