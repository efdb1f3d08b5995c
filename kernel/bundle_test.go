package kernel_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/gossl/gossl/kernel"
)

func TestJSONBundle(t *testing.T) {
	got, err := json.Marshal(kernel.Bundle{
		"text/plain": "x", "image/png": []byte{1, 2, 3}, "image/svg+xml": []byte("<svg/>"), "application/json": map[string]int{"a": 1},
		"application/x+json": math.NaN(), "application/x-note": true,
	}.JSON())
	want := `{"application/json":{"a":1},"application/x+json":"NaN","image/png":"AQID","image/svg+xml":"\u003csvg/\u003e","text/plain":"x"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
