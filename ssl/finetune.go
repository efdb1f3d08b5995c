package ssl

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/eval"
	"github.com/gossl/gossl/ssl/net"
)

// FineTuning says how an encoder is trained on with labels. [NewFineTuning] has usual values.
type FineTuning struct {
	Share        float64       // of the labelled training images of each class, in (0, 1]
	Epochs       int           // over these images
	Batch        int           // images a step; fewer where there are not so many
	LearningRate float64       // at the start; it falls to zero on a cosine
	Views        augment.Views // how images are changed; one view each
	Seed         int64         // of the images chosen, their order and views, and the classifier
}

// NewFineTuning returns the protocol of SimCLR (arXiv:2002.05709, appendix B.5) for small
// images: crops and flips alone, SGD with Nesterov momentum 0.9 and no weight decay, 60 epochs
// of 1 % of the labels and 30 of more, at learning rate 0.05 a batch of 256.
func NewFineTuning(share float64) FineTuning {
	v := augment.Default()
	v.Jitter = 0
	f := FineTuning{Share: share, Epochs: 30, Batch: 64, LearningRate: 0.0125, Views: v}
	if share <= 0.01 {
		f.Epochs = 60
	}
	return f
}

// FineTuned is what fine-tuning reached.
type FineTuned struct {
	Labels   int     // images learnt from
	Accuracy float64 // on the test images, between 0 and 1
	Loss     float64 // mean cross entropy of the last epoch
	Seconds  float64
}

// String is one line.
func (f *FineTuned) String() string {
	return fmt.Sprintf("%.2f %% after fine-tuning on %d labels, cross entropy %.3f, %.1f s", 100*f.Accuracy, f.Labels, f.Loss, f.Seconds)
}

// Check reports a value that cannot be.
func (f FineTuning) Check() error {
	switch {
	case !(f.Share > 0 && f.Share <= 1):
		return fmt.Errorf("share %g of the labels is not above 0 and at most 1", f.Share)
	case f.Epochs < 1:
		return fmt.Errorf("%d epochs; it must be at least 1", f.Epochs)
	case f.Batch < 2:
		return fmt.Errorf("batch %d; it must be at least 2", f.Batch)
	case !(f.LearningRate > 0 && f.LearningRate <= 1000):
		return fmt.Errorf("learning rate %g is not between 0 and 1000", f.LearningRate)
	}
	return f.Views.Check()
}

// FineTune trains a copy of the run's encoder with a linear classifier on labelled images,
// all weights moving, and scores it on the test images. The run is not changed, and trains on
// meanwhile.
func (r *Run) FineTune(ctx context.Context, f FineTuning) (*FineTuned, error) {
	begun := time.Now()
	fail := func(err error) (*FineTuned, error) { return nil, fmt.Errorf("fine-tune %s: %w", r.name, err) }
	if err := f.Check(); err != nil {
		return fail(err)
	}
	m, err := r.snapshot()
	if err != nil {
		return nil, err
	}
	set := m.exp.Data
	if set.Train.Labels == nil || set.Test.Labels == nil || set.Test.N == 0 {
		return fail(fmt.Errorf("data set %s needs labelled training and test images", set.Name))
	}
	rows, err := eval.FewLabels(set.Train.Labels, len(set.Classes), f.Share, uint64(f.Seed))
	if err != nil {
		return fail(err)
	}
	if f.Batch = min(f.Batch, len(rows)); f.Batch < 2 {
		return fail(fmt.Errorf("a share of %g leaves %d image, and batch norm needs 2", f.Share, len(rows)))
	}
	tuned, loss, err := r.lab.fineTune(ctx, m, f, set.Train.Pick(rows))
	if err != nil {
		return fail(err)
	}
	h, _, err := r.lab.represent(ctx, m.exp, tuned, set.Test)
	if err != nil {
		return fail(err)
	}
	accuracy, err := classified(tuned, h, set.Test.Labels)
	if err != nil {
		return fail(err)
	}
	return &FineTuned{len(rows), accuracy, loss, time.Since(begun).Seconds()}, nil
}

const classifierScope = "/classifier"

// fineTune returns the run's weights with the encoder trained on and the classifier added,
// and the mean loss of the last epoch.
func (l *Lab) fineTune(ctx context.Context, m moment, f FineTuning, images data.Split) (tuned weights, loss float64, err error) {
	defer catch("the fine-tuning step", &err)
	if l.isClosed() {
		return tuned, 0, fmt.Errorf("the lab is closed, nothing can be computed on its device")
	}
	encoder := weights{values: map[string]*tensors.Tensor{}}
	for _, path := range m.weights.paths {
		if strings.HasPrefix(path, "/encoder/") {
			encoder.put(path, m.weights.values[path])
		}
	}
	store, err := encoder.store()
	if err != nil {
		return tuned, 0, err
	}
	defer store.Finalize()
	store.SetParam(model.ParamInitialSeed, f.Seed)
	classes := len(m.exp.Data.Classes)
	exec, err := model.NewExecCanonical(l.backend, store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		return []*Node{fineTuneStep(s, m.exp.Encoder, f.Views, classes, in[0], in[1], in[2], in[3])}
	}, 4, 1, false, false, false)
	if err != nil {
		return tuned, 0, err
	}
	defer exec.Finalize()

	mine := &share{priority: 1}
	feed := &feeder{seed: f.Seed, n: images.N, batch: f.Batch, views: f.Batch, extra: f.Views.Extra != 0, epoch: -1}
	perEpoch := images.N / f.Batch
	steps := f.Epochs * perEpoch
	for step := range steps {
		if err := ctx.Err(); err != nil {
			return tuned, 0, fmt.Errorf("interrupted after %d of %d steps: %w", step, steps, context.Cause(ctx))
		}
		batch := images.Pick(ints(feed.indices(step)))
		rate := Optimizer{LearningRate: f.LearningRate, Schedule: "cosine"}.rate(step, steps)
		in := []*tensors.Tensor{
			tensors.FromFlatDataAndDimensions(batch.Images, batch.N, batch.Height, batch.Width, batch.Channels),
			tensors.FromFlatDataAndDimensions(batch.Labels, batch.N),
			tensors.FromFlatDataAndDimensions(feed.draws(step), batch.N, augment.Draws),
			tensors.FromScalar(float32(rate)),
		}
		l.turns.take(mine)
		begun := time.Now()
		out, err := exec.Exec(in[0], in[1], in[2], in[3])
		l.turns.done(mine, time.Since(begun).Seconds(), false)
		for _, t := range in {
			t.FinalizeAll()
		}
		if err != nil {
			return tuned, 0, fmt.Errorf("step %d: %w", step+1, err)
		}
		if step >= steps-perEpoch {
			loss += float64(tensors.ToScalar[float32](out[0])) / float64(perEpoch)
		}
		out[0].FinalizeAll()
	}
	trained, err := copyOut(store)
	if err != nil {
		return tuned, 0, err
	}
	tuned = m.weights.share()
	for _, path := range trained.paths {
		if strings.HasPrefix(path, "/encoder/") || strings.HasPrefix(path, classifierScope+"/") {
			tuned.put(path, trained.values[path])
		}
	}
	return tuned, loss, nil
}

// fineTuneStep is one step as a graph; it returns the cross entropy before the step.
//
//	images [batch, height, width, channels] uint8
//	labels [batch] int32
//	draws  [batch, augment.Draws]
//	rate   []
func fineTuneStep(s *model.Scope, encoder net.Encoder, views augment.Views, classes int, images, labels, draws, rate *Node) *Node {
	g := images.Graph()
	s.Store().SetTraining(g, true)
	settings := map[string]float64{"momentum": 0.9, "weight_decay": 0}
	for _, v := range views.Settings() {
		settings[v.Name] = *v.Value
	}
	knob := func(name string) *Node {
		if name == "lr" {
			return rate
		}
		return Scalar(g, dtypes.Float32, settings[name])
	}
	x := views.Apply(DivScalar(ConvertDType(images, dtypes.Float32), 255), draws, knob)
	logits := net.Dense(s.In("classifier"), encoder.Build(s.In("encoder"), x), classes, true)
	top := StopGradient(ReduceAndKeep(logits, ReduceMax, -1))
	all := Add(Log(ReduceAndKeep(Exp(Sub(logits, top)), ReduceSum, -1)), top) // log-sum-exp
	right := OneHot(labels, classes, dtypes.Float32)
	loss := ReduceAllMean(ReduceSum(Mul(right, Sub(all, logits)), -1))
	var vars []*model.Variable
	var nodes []*Node
	for v := range s.Store().IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			vars, nodes = append(vars, v), append(nodes, v.NodeValue(g))
		}
	}
	Optimizer{Name: "sgd", Nesterov: true}.update(s.Store(), vars, Gradient(loss, nodes...), knob)
	return loss
}

// classified is the share of rows that the classifier gives their label.
func classified(w weights, h eval.Features, labels []int32) (float64, error) {
	matrix, _, classes, err := w.matrix(classifierScope + "/weights")
	if err != nil {
		return 0, err
	}
	biases, _, _, err := w.matrix(classifierScope + "/biases")
	if err != nil {
		return 0, err
	}
	right := 0
	for i, label := range labels {
		best, most := 0, 0.0
		for c := range classes {
			logit := biases[c]
			for j, v := range h.Row(i) {
				logit += v * matrix[j*classes+c]
			}
			if c == 0 || logit > most {
				best, most = c, logit
			}
		}
		if best == int(label) {
			right++
		}
	}
	return float64(right) / float64(len(labels)), nil
}

// FewLabels is the accuracy, between 0 and 1, of a linear probe on h that learns from a share
// of the labels of each class, and how many these are; 0.01 and 0.1 are usual shares. Equal
// seeds choose equal images.
func (r *Run) FewLabels(ctx context.Context, share float64, seed uint64) (accuracy float64, labels int, err error) {
	m, err := r.snapshot()
	if err != nil {
		return 0, 0, err
	}
	set := m.exp.Data
	fail := func(err error) (float64, int, error) {
		return 0, 0, fmt.Errorf("few-label probe of %s: %w", r.name, err)
	}
	if set.Train.Labels == nil || set.Test.Labels == nil {
		return fail(fmt.Errorf("data set %s needs labelled training and test images", set.Name))
	}
	rows, err := eval.FewLabels(set.Train.Labels, len(set.Classes), share, seed)
	if err != nil {
		return fail(err)
	}
	few := set.Train.Pick(rows)
	train, _, err := r.lab.represent(ctx, m.exp, m.weights, few)
	if err != nil {
		return fail(err)
	}
	test, _, err := r.lab.represent(ctx, m.exp, m.weights, set.Test)
	if err != nil {
		return fail(err)
	}
	probe, err := eval.NewLinearProbe().Fit(ctx, train, few.Labels, len(set.Classes))
	if err != nil {
		return fail(err)
	}
	if accuracy, err = probe.Score(test, set.Test.Labels); err != nil {
		return fail(err)
	}
	return accuracy, len(rows), nil
}

func ints(v []int32) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}
