// Command subset makes the embedded subset of Fashion-MNIST from the full idx files: the
// first images of each class, in the order of the files, as one tall picture and one
// idx file of labels for each split. The same input gives the same pixels and labels.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/ssl/data"
)

func main() {
	from := flag.String("from", "", "folder of the four idx files")
	to := flag.String("to", "", "folder to write into")
	train := flag.Int("train", 600, "training images per class")
	test := flag.Int("test", 200, "test images per class")
	flag.Parse()
	if err := run(*from, *to, *train, *test); err != nil {
		fmt.Fprintln(os.Stderr, "subset:", err)
		os.Exit(1)
	}
}

func run(from, to string, train, test int) error {
	set, err := data.LoadFashionMNIST(from)
	if err != nil {
		return err
	}
	if err := write(to, "train", balanced(set.Train, len(set.Classes), train)); err != nil {
		return err
	}
	return write(to, "test", balanced(set.Test, len(set.Classes), test))
}

// balanced takes the first perClass images of each class, keeping their order.
func balanced(s data.Split, classes, perClass int) data.Split {
	taken := make([]int, classes)
	var indices []int
	for i, l := range s.Labels {
		if taken[l] < perClass {
			taken[l]++
			indices = append(indices, i)
		}
	}
	return s.Pick(indices)
}

func write(dir, stem string, s data.Split) error {
	pic := &image.Gray{Pix: s.Images, Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.N*s.Height)}
	f, err := os.Create(filepath.Join(dir, stem+".png"))
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, pic); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	labels := binary.BigEndian.AppendUint32([]byte{0, 0, 0x08, 1}, uint32(s.N))
	for _, l := range s.Labels {
		labels = append(labels, uint8(l))
	}
	return os.WriteFile(filepath.Join(dir, stem+"-labels.idx"), labels, 0o644)
}
