package augment

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// GaussianBlur is torchvision's gaussian_blur, with reflected borders and a kernel that is
// the odd number next to a tenth of the image's size, at least 3.
//
//	x     [n, height, width, channels]
//	sigma [n, 1]  in pixels, positive
func GaussianBlur(x, sigma *Node) *Node {
	height, width := x.Shape().Dim(1), x.Shape().Dim(2)
	return resample(x, blurring(sigma, height, kernelSize(height)), blurring(sigma, width, kernelSize(width)))
}

// kernelSize of the blur of an axis.
func kernelSize(size int) int { return max(size/10|1, 3) }

// blurring is the matrix that blurs an axis, [n, size, size].
func blurring(sigma *Node, size, kernel int) *Node {
	n, half := sigma.Shape().Dim(0), kernel/2
	reads := make([]float64, kernel*size*size) // which pixel each offset reads
	offsets := make([]float64, kernel)
	for k := range kernel {
		offsets[k] = float64(k - half)
		for i := range size {
			reads[(k*size+i)*size+reflect(i+k-half, size)]++
		}
	}
	g, dtype := sigma.Graph(), sigma.DType()
	at := Div(ExpandLeftToRank(ConstAsDType(g, dtype, offsets), 2), sigma) // [n, kernel]
	weight := Exp(MulScalar(Square(at), -0.5))
	weight = Div(weight, ReduceAndKeep(weight, ReduceSum, 1))
	m := Dot(weight, Reshape(ConstAsDType(g, dtype, reads), kernel, size*size)).Product()
	return Reshape(m, n, size, size)
}

// reflect folds an index back into an axis, without repeating its ends.
func reflect(i, size int) int {
	if size == 1 {
		return 0
	}
	period := 2 * (size - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}

// resample applies a matrix to the rows and one to the columns of images.
//
//	x       [n, height, width, channels]
//	rows    [n, out height, height], columns [n, out width, width]
//	result  [n, out height, out width, channels]
func resample(x, rows, columns *Node) *Node {
	y := Dot(rows, x).General([]int{2}, []int{0}, []int{1}, []int{0})   // [n, out rows, width, channels]
	y = Dot(columns, y).General([]int{2}, []int{0}, []int{2}, []int{0}) // [n, out columns, out rows, channels]
	return TransposeAllAxes(y, 0, 2, 1, 3)
}

// ResizedCrop is torchvision's resized_crop, antialiased and bilinear, followed by a
// horizontal flip where flip is true.
//
//	x                         [n, height, width, channels]
//	top, left, height, width  [n, 1]  of the box, whole pixels inside the image
//	flip                      [n, 1]  bool
//	result                    [n, toHeight, toWidth, channels]
func ResizedCrop(x, top, left, height, width, flip *Node, toHeight, toWidth int) *Node {
	never := LessThan(top, top)
	return resample(x, boxed(top, height, never, x.Shape().Dim(1), toHeight), boxed(left, width, flip, x.Shape().Dim(2), toWidth))
}

// boxed is the matrix that resizes a part of an axis, [n, out, size]: triangles around the
// centres of the output's pixels, as wide as these and at least one pixel, within the part.
func boxed(start, length, reversed *Node, size, out int) *Node {
	g, dtype, n := start.Graph(), start.DType(), start.Shape().Dim(0)
	scale := DivScalar(length, float64(out)) // [n, 1]
	i := Iota(g, shapes.Make(dtype, n, out), 1)
	i = Where(BroadcastToDims(reversed, n, out), Neg(AddScalar(i, -float64(out-1))), i)
	center := Reshape(Mul(AddScalar(i, 0.5), scale), n, out, 1)
	j := Sub(Iota(g, shapes.Make(dtype, 1, 1, size), 2), Reshape(start, n, 1, 1)) // pixel in the part, [n, 1, size]
	zero := ZerosLike(j)
	inside := LogicalAnd(GreaterOrEqual(j, zero), LessThan(j, BroadcastToDims(Reshape(length, n, 1, 1), n, 1, size)))
	distance := Div(Abs(Sub(AddScalar(j, 0.5), center)), Reshape(MaxScalar(scale, 1), n, 1, 1))
	weight := Max(OneMinus(distance), ScalarZero(g, dtype))
	weight = Mul(weight, ConvertDType(inside, dtype))
	return Div(weight, ReduceAndKeep(weight, ReduceSum, 2))
}

// Erase sets a box of each image to zero, as torchvision's erase with value 0.
//
//	top, left, height, width [n, 1]  whole pixels
func Erase(x, top, left, height, width *Node) *Node {
	along := func(start, length *Node, axis int) *Node {
		dims := []int{1, 1, 1, 1}
		dims[axis] = x.Shape().Dim(axis)
		at := Sub(Iota(x.Graph(), shapes.Make(x.DType(), dims...), axis), perImage(start))
		return ConvertDType(LogicalAnd(GreaterOrEqual(at, ZerosLike(at)), LessThan(at, Add(ZerosLike(at), perImage(length)))), x.DType())
	}
	return Mul(x, OneMinus(Mul(along(top, height, 1), along(left, width, 2))))
}

// boxOf draws a box as torchvision's random crops and erasings do: an area and the logarithm
// of a ratio uniform in their ranges, sides rounded, no longer than the image's, and a place
// uniform among those that hold it.
//
//	area, ratio [n, 1]  share of the image; width:height
//	x, y        [n, 1]  uniform in [0, 1)
//	result      [n, 1]  each
func boxOf(area, ratio, x, y *Node, imageHeight, imageWidth int) (top, left, height, width *Node) {
	whole := MulScalar(area, float64(imageHeight*imageWidth))
	side := func(v *Node, most int) *Node {
		return ClipScalar(Floor(AddScalar(Sqrt(v), 0.5)), 1, float64(most))
	}
	width, height = side(Mul(whole, ratio), imageWidth), side(Div(whole, ratio), imageHeight)
	place := func(u, length *Node, most int) *Node {
		free := AddScalar(Neg(length), float64(most))
		return Min(Floor(Mul(u, OnePlus(free))), free)
	}
	return place(y, height, imageHeight), place(x, width, imageWidth), height, width
}
