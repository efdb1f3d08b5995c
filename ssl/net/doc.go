// Package net has the networks of self-supervised learning: encoders, from images to
// representations, and projectors, from these to what a loss compares.
//
// There are small convolutional networks ([ConvEncoder]), perceptrons ([MLPEncoder]), residual
// networks ([ResNet18], [ResNet50]) and vision transformers ([ViTTiny], [ViTSmall]).
//
// [Encoder] and [MLP] are plain values that name a network, so that an experiment can be
// printed and saved; their Build adds its layers to a graph. Variables lie in a GoMLX store,
// under the path of their layer, and layers of GoMLX's own can be used beside these, as in an
// encoder given to [Register]. Initial values, normalisation and their gradients are
// PyTorch's. Initial values are drawn on the host from the seed and the variable's path, so
// that they do not depend on the backend or on what else is built.
package net
