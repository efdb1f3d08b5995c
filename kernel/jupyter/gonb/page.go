package gonb

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed page.js
var pageScript string

// Target is the comm target that the page's script opens, and Ping what it answers with Pong.
const (
	Target = "gonb_comm"
	Ping   = "#heartbeat/ping"
	Pong   = "#heartbeat/pong"
)

// PageScript is the HTML that connects a page of a Jupyter server to the kernel of that id. Another life means that
// the kernel was restarted and the page has to connect anew.
func PageScript(kernel, life string) string {
	text := strings.NewReplacer("{{.Kernel}}", kernel, "{{.Life}}", life).Replace(pageScript)
	return "<script>" + text + "</script>"
}

// pageValue reads a value that a page sent as one of the types that gonbui's comms take.
func pageValue(raw json.RawMessage) (any, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case float64, string, bool:
		return v, nil
	case []any:
		return listOf(v)
	case map[string]any:
		return mapOf(v)
	}
	return nil, fmt.Errorf("the page sent %s, which gonbui's comms do not know", raw)
}

func listOf(list []any) (any, error) {
	numbers, texts := []float64{}, []string{}
	for _, x := range list {
		switch x := x.(type) {
		case float64:
			numbers = append(numbers, x)
		case string:
			texts = append(texts, x)
		}
	}
	switch len(list) {
	case len(numbers):
		return numbers, nil
	case len(texts):
		return texts, nil
	}
	return nil, fmt.Errorf("the page sent a list that is neither of numbers nor of texts")
}

func mapOf(m map[string]any) (any, error) {
	numbers, texts := map[string]float64{}, map[string]string{}
	for k, x := range m {
		switch x := x.(type) {
		case float64:
			numbers[k] = x
		case string:
			texts[k] = x
		}
	}
	switch len(m) {
	case len(numbers):
		return numbers, nil
	case len(texts):
		return texts, nil
	}
	return nil, fmt.Errorf("the page sent a map that is neither of numbers nor of texts")
}
