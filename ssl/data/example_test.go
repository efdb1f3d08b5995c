package data_test

import (
	"fmt"

	"github.com/gossl/gossl/ssl/data"
)

func Example() {
	fashion, err := data.EmbeddedFashionMNIST() // data.FashionMNIST() takes all 70,000 where they are installed
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fashion)
	small := fashion.First(2000, 500)
	fmt.Println(small.Train.N, small.Test.N, small.Classes[small.Train.Labels[0]])
	// Output:
	// Fashion-MNIST: 6000 train + 2000 test images of 28×28×1, 10 classes (embedded subset: the first 600 + 200 of each class)
	// 2000 500 Ankle boot
}
