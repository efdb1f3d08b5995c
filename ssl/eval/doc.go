// Package eval measures representations: how well a simple classifier reads labels
// from them, and whether they have collapsed.
//
// [Features] hold one row for each image. Probes learn on one set of them and are
// scored on another; both give the same result on any number of processors:
//
//	train, err := eval.FromFloat32(h, 128)
//	probe, err := eval.NewLinearProbe().Fit(ctx, train, labels, 10)
//	acc, err := probe.Score(test, testLabels)                                  // 0.84…
//	near, err := eval.NewKNN().Score(ctx, train, labels, test, testLabels, 10) // K = 20 and 200
//
// [LinearProbe] agrees with scikit-learn's LogisticRegression run to convergence, [KNN]
// with lightly's knn_predict. Collapse shows in the spectrum: [RankMe], [EffectiveRank],
// [StableRank], [ParticipationRatio], [AlphaReQ] and [LiDAR]; and in the geometry:
// [Alignment], [Uniformity], [FeatureStd] and [NormalizedStd]. Each names its paper and is
// tested against values of other libraries to nine digits. [Measure] takes them together,
// and [Collapse.Alarm] says in words what has collapsed. [PCA] gives coordinates for a
// picture, [FewLabels] the rows of a probe with 1 % or 10 % of the labels.
//
// Everything runs on the processor in double precision (the similarities of [KNN] in
// single), so that an experiment's figures do not depend on its backend.
package eval
