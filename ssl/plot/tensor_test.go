package plot

import (
	"bytes"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/gomlx/core/tensors"
)

func TestTensor(t *testing.T) {
	batch := make([]float32, 20*8*10*3)
	for i := range batch {
		batch[i] = float32(i%7) - 3
	}
	for _, tt := range []struct {
		name          string
		v             *tensors.Tensor
		want          []string
		width, height int // of the picture
	}{
		{"scalar", tensors.FromScalar(2.5), []string{"2.5"}, 0, 0},
		{"vector", tensors.FromValue([]float32{1, 2, 3, 4}), []string{"Float32", "[4]", "1, 4", "2.5 ± 1.118", "1 2 3 4"}, 0, 0},
		{"not finite", tensors.FromValue([]float64{1, math.NaN(), math.Inf(1)}), []string{"not finite  2", "1, 1"}, 0, 0},
		{"bools", tensors.FromValue([]bool{true, false}), []string{"0, 1"}, 0, 0},
		{"half", tensors.FromValue([]bfloat16.BFloat16{bfloat16.FromFloat32(0.5)}), []string{"0.5, 0.5"}, 0, 0},
		{"small matrix", tensors.FromValue([][]int32{{1, 2}, {3, 4}}), []string{"1, 4"}, 0, 0},
		{"image", tensors.FromFlatDataAndDimensions(make([]uint8, 28*28), 28, 28), []string{"0, 0"}, 56, 56},
		{"batch", tensors.FromFlatDataAndDimensions(batch, 20, 8, 10, 3), []string{"-3, 3"}, 8*62 - 2, 2*50 - 2},
		{"other rank", tensors.FromFlatDataAndDimensions(batch, 20, 8, 5, 2, 3), []string{"[20 8 5 2 3]"}, 0, 0},
	} {
		b := Tensor(tt.v)
		text, page := b["text/plain"].(string), b["text/html"].(string)
		for _, part := range tt.want {
			if !strings.Contains(text+page, part) {
				t.Errorf("%s: %q is not in %s", tt.name, part, text)
			}
		}
		raw, _ := b["image/png"].([]byte)
		if tt.width == 0 {
			if raw != nil {
				t.Errorf("%s: taken for a picture", tt.name)
			}
			continue
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if size := img.Bounds().Size(); size.X != tt.width || size.Y != tt.height || !strings.Contains(page, "data:image/png;base64,") {
			t.Errorf("%s: a picture of %v, want %d×%d", tt.name, size, tt.width, tt.height)
		}
	}
	gone := tensors.FromScalar(1.0)
	gone.FinalizeLocal()
	if text := Tensor(gone)["text/plain"].(string); !strings.Contains(text, "tensor") {
		t.Errorf("a tensor without data: %q", text)
	}
	if text := Tensor(nil)["text/plain"]; text != "<nil>" {
		t.Errorf("nil: %q", text)
	}
}
