package net

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ResNet18 is the residual network of 18 layers (arXiv:1512.03385), torchvision's resnet18
// without its last layer: 512 features, 11,176,512 parameters for three channels.
//
// With small it has the stem that is usual for images of 32×32 and less: one 3×3 convolution
// of stride 1 and no pooling, in the place of 7×7 and stride 2 before a max pooling;
// 11,168,832 parameters for three channels.
func ResNet18(small bool) Encoder { return Encoder{Kind: "resnet18", SmallStem: small} }

// ResNet50 is the residual network of 50 layers, torchvision's resnet50 without its last
// layer: 2048 features, 23,508,032 parameters for three channels. For small see [ResNet18].
func ResNet50(small bool) Encoder { return Encoder{Kind: "resnet50", SmallStem: small} }

// resnets are the shapes of the residual networks, by kind.
var resnets = map[string]struct {
	blocks     [4]int // of each stage, whose channels are 64, 128, 256, 512
	bottleneck bool   // three convolutions a block, the last of four times the channels
}{
	"resnet18": {[4]int{2, 2, 2, 2}, false},
	"resnet50": {[4]int{3, 4, 6, 3}, true},
}

// resnet applies one: x [batch, height, width, channels] to [batch, features]. Variables have
// torchvision's names, as layer2/0/downsample/1/scale.
func (e Encoder) resnet(s *model.Scope, x *Node) *Node {
	shape := resnets[e.Kind]
	if e.SmallStem {
		x = Conv(s.In("conv1"), x, 64, 3, 1, 1)
	} else {
		x = Conv(s.In("conv1"), x, 64, 7, 2, 3)
	}
	x = relu(BatchNorm(s.In("bn1"), x))
	if !e.SmallStem {
		x = maxPool(x, 3, 2, 1)
	}
	for stage, blocks := range shape.blocks {
		channels, layer := 64<<stage, s.In("layer%d", stage+1)
		for i := range blocks {
			stride := 1
			if stage > 0 && i == 0 {
				stride = 2
			}
			x = residual(layer.In("%d", i), x, channels, stride, shape.bottleneck)
		}
	}
	return ReduceMean(x, 1, 2)
}

// residual is a block: relu(x + F(x)), x through a 1×1 convolution where its shape changes.
func residual(s *model.Scope, x *Node, channels, stride int, bottleneck bool) *Node {
	out, y := channels, x
	layer := func(i, width, kernel, stride int) {
		y = Conv(s.In("conv%d", i), y, width, kernel, stride, kernel/2)
		y = BatchNorm(s.In("bn%d", i), y)
	}
	if bottleneck {
		out = 4 * channels
		layer(1, channels, 1, 1)
		y = relu(y)
		layer(2, channels, 3, stride)
		y = relu(y)
		layer(3, out, 1, 1)
	} else {
		layer(1, channels, 3, stride)
		y = relu(y)
		layer(2, channels, 3, 1)
	}
	if stride != 1 || x.Shape().Dim(-1) != out {
		down := s.In("downsample")
		x = Conv(down.In("0"), x, out, 1, stride, 0)
		x = BatchNorm(down.In("1"), x)
	}
	return relu(Add(x, y))
}

// maxPool takes the largest of each window. x is not negative, so that padding with zeros
// changes nothing.
func maxPool(x *Node, size, stride, pad int) *Node {
	x = padZero(padZero(x, 1, pad), 2, pad)
	oh := (x.Shape().Dim(1)-size)/stride + 1
	ow := (x.Shape().Dim(2)-size)/stride + 1
	var largest *Node
	for i := range size {
		for j := range size {
			window := Slice(x, AxisRange(),
				AxisRange(i, i+(oh-1)*stride+1).Stride(stride),
				AxisRange(j, j+(ow-1)*stride+1).Stride(stride), AxisRange())
			if largest == nil {
				largest = window
			} else {
				largest = Max(largest, window)
			}
		}
	}
	return largest
}
