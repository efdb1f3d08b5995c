// Package augment makes random views of images inside the compiled training step.
//
// [Views] says how; its values are knobs of a run. [Views.Apply] builds the views of a batch from
// images and uniform random numbers, which are an argument: equal numbers give equal views on
// every backend, and a view can be checked against its definition. Cropping and resizing are
// two batched matrix products, which every backend does well. The single changes are exported
// beside it; they are torchvision's.
package augment
