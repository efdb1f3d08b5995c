package ssl

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// MoCo is the loss of MoCo and MoCo v2, [loss.MoCo], against a queue of so many keys.
func MoCo(queue int) Loss { return Loss{Name: "moco", Options: []Option{{"queue", queue}}} }

// MoCoV3 is the loss of that name, [loss.MoCoV3]; its negatives are the keys of the batch.
var MoCoV3 = Loss{Name: "moco-v3"}

func init() {
	define("moco", objective{
		temperature: true,
		options:     []string{"queue"},
		parts:       parts{target: needs, oneWay: needs},
		build: func(b *Branches) *Node {
			dim := b.ZA.Shape().Dim(1)
			queue := b.State("queue", net.UnitRows(dim), b.Option("queue"), dim)
			value := loss.MoCo(b.ZA, b.TargetB, queue.Value(), b.Knob("temperature"))
			queue.Enqueue(unitRows(b.TargetB, 1))
			return value
		},
		check: func(e *Experiment) error { return queueFits(e) },
	})
	define("moco-v3", objective{
		temperature: true,
		parts:       parts{predictor: needs, target: needs},
		build: func(b *Branches) *Node {
			return loss.MoCoV3(b.PA, b.PB, b.TargetA, b.TargetB, b.Knob("temperature"))
		},
	})
}

// queueFits reports a queue that cannot hold one batch.
func queueFits(e *Experiment) error {
	for _, o := range e.Loss.Options {
		if o.Name == "queue" && (o.Value < e.Batch || o.Value > maxQueue) {
			return fmt.Errorf("queue %d is not between the batch, %d, and %d", o.Value, e.Batch, maxQueue)
		}
	}
	return nil
}

const maxQueue = 1 << 20

// NewMoCo returns MoCo v2 (arXiv:2003.04297) for small images: queries of one view against
// keys that the target makes of the other, temperature 0.2 and a projector 128-64; a queue of
// 4096 and momentum 0.99 where the paper, which trains a thousand times as long, has 65536
// and 0.999; everything else as in [NewSimCLR]. All of a batch is normalised together, so
// that there is no shuffling of it between devices.
func NewMoCo(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.OneWay = "moco", MoCo(4096), true
	e.Target = Target{0.99, "constant"}
	return e
}

// NewMoCoV3 returns MoCo v3 (arXiv:2104.02057) for small images: the batch's keys as
// negatives, no queue, a predictor, and the paper's kind of heads, projector 256-256-64 and
// predictor 256-64 with batch norm after every layer, where the paper has width 4096 and 256;
// temperature 0.2 and a target with momentum 0.99, rising to 1; everything else as in
// [NewSimCLR].
func NewMoCoV3(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "moco-v3", MoCoV3
	e.Projector = net.MLP{Widths: []int{256, 256, 64}, Norm: true, NormLast: true}
	e.Predictor = net.MLP{Widths: []int{256, 64}, Norm: true, NormLast: true}
	e.Target = EMA(0.99)
	return e
}
