package ssl

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// DINO is the loss of that name, [loss.DINO], on the cosines with the prototypes, which are
// DINO's weight-normalised last layer; knobs "teacher_temperature" and "center_momentum".
func DINO(teacherTemperature, centerMomentum float64) Loss {
	return Loss{Name: "dino", Coefficients: []Coefficient{{"teacher_temperature", teacherTemperature}, {"center_momentum", centerMomentum}}}
}

func init() {
	define("dino", objective{
		temperature: true,
		coefficients: []Knob{
			{"teacher_temperature", 0.04, 1e-3, 100, "temperature of the target's outputs"},
			{"center_momentum", 0.9, 0, 1, "momentum of the centre of the target's outputs"},
		},
		parts: parts{target: needs, prototypes: needs, small: accepts},
		build: func(b *Branches) *Node {
			teacher := []*Node{b.Scores.TargetA, b.Scores.TargetB}
			student := append([]*Node{b.Scores.A, b.Scores.B}, b.Scores.Small...)
			center := b.State("center", net.Constant(0), teacher[0].Shape().Dim(1))
			value := loss.DINO(teacher, student, center.Value(), b.Knob("teacher_temperature"), b.Knob("temperature"))
			center.Set(loss.DINOCenter(center.Value(), teacher, b.Knob("center_momentum")))
			return value
		},
	})
}

// NewDINO returns DINO (arXiv:2104.14294) for small images: the paper's temperatures 0.1 and
// 0.04, centre momentum 0.9, gradient length at most 3, a target with momentum 0.996 rising
// to 1, and its kind of head, three layers with GELU, 256-256-64 where the paper has
// 2048-2048-256, before a last layer of 1024 outputs where it has 65536, frozen for the first
// 78 steps, an epoch of the recipe; four small crops of 14×14 pixels where it has eight of
// 96×96 from 224×224; everything else as in [NewSimCLR].
func NewDINO(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.Temperature = "dino", DINO(0.04, 0.9), 0.1
	e.Projector = net.MLP{Widths: []int{256, 256, 64}, GELU: true}
	e.Target = EMA(0.996)
	e.Prototypes = Prototypes{Count: 1024, Frozen: 78}
	e.Small = augment.SmallCrops{Count: 4, Size: 14, CropMin: 0.05, CropMax: 0.3}
	e.Optimizer.Clip = 3
	return e
}
