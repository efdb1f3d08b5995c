// Package loss has the losses of self-supervised learning as pure functions of graph nodes:
// projections of two views in, a scalar out. A loss has no state and no settings but its
// arguments, and cannot tell a constant from a value that changes while it trains. It says
// where its formula comes from, and normalises, standardises and averages by itself as that
// source does. Sums of exponentials subtract their maximum first, and lengths are guarded at
// zero, so that float32 suffices.
//
// An experiment names its loss (ssl.NTXent is NT-Xent); these functions are for losses of
// one's own, which may combine them.
package loss
