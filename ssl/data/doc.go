// Package data holds data sets of images: where they come from, what is in them, and
// whether they are sound.
//
// A [Set] is images in memory as bytes, [N, Height, Width, Channels], in a training and
// a test [Split], with labels that only probes look at:
//
//	fashion := data.FashionMNIST()      // 60,000 + 10,000 where installed, else the embedded 6,000 + 2,000
//	fmt.Println(fashion)                // says which
//	small := fashion.First(2000, 500)   // shares the pixels
//
// [FashionMNIST] always works, offline too. [LoadMNIST] reads any set in MNIST's idx
// format, [LoadCIFAR10], [LoadCIFAR100] and [LoadSTL10] the binary files of those sets,
// [LoadCIFAR10Pickle] and [LoadCIFAR100Pickle] their Python files, [LoadParquet] the image
// sets of Hugging Face, [LoadNPZ] and [LoadNPY] NumPy arrays, [LoadFolder] a folder of
// pictures with one folder for each class, and [FromImages] takes any Go images. Files that are truncated or corrupt give a [*FormatError] that
// names the file, the offset, what was expected there and what to do.
//
// [Set.Check] finds inconsistencies before an experiment starts, and [Set.Fingerprint]
// tells whether two machines train on the same bytes.
package data
