package widgets

import (
	"fmt"
	"sync"
	"time"
	"unicode/utf8"
)

// outputEvery is how often an Output is sent to the pages at most, and outputLimit how much text it holds, in bytes:
// it is sent whole each time.
const (
	outputEvery = 100 * time.Millisecond
	outputLimit = 256 << 10
)

// Output is a place in a page where functions show what they have to say.
type Output struct {
	*Model

	turn sync.Mutex // held by the function that shows

	mu    sync.Mutex
	items []outputItem
	size  int
	stale bool        // items are to go when something new comes
	timer *time.Timer // runs while something waits to be sent
}

// outputItem is a stream's text or a display.
type outputItem struct {
	stream, text string
	id           string
	data         map[string]any
}

// NewOutput makes an empty output.
func NewOutput() *Output { return &Output{Model: newModel(outputClass, nil)} }

// Run calls f and shows what it prints and displays in the output, behind what is there, and waits for its end. A
// panic of f is shown there too and is the error. Where there are no widgets f's output goes where the cell's does.
func (o *Output) Run(f func()) error {
	h := current()
	return o.run(h, bind(h), f, false)
}

// run is Run for a cell that was bound before; replace drops what the output shows once something new comes, at the
// latest at the end of f.
func (o *Output) run(h *Host, run func(func(), Sink) error, f func(), replace bool) error {
	if h == nil {
		return run(f, nil)
	}
	o.turn.Lock()
	defer o.turn.Unlock()
	if replace {
		o.mu.Lock()
		o.stale = true
		o.mu.Unlock()
	}
	err := run(f, o)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fresh()
	o.send()
	return err
}

// Clear empties the output.
func (o *Output) Clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.items, o.size, o.stale = nil, 0, false
	o.send()
}

// Stream shows text, on "stdout" or "stderr".
func (o *Output) Stream(name, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fresh()
	if o.size < outputLimit && o.size+len(text) >= outputLimit {
		text = whole8(text[:outputLimit-o.size]) + fmt.Sprintf("\n… what follows the first %d KiB is not shown\n", outputLimit>>10)
		o.size = outputLimit
	} else if o.size >= outputLimit {
		return
	}
	o.size += len(text)
	if n := len(o.items); n > 0 && o.items[n-1].stream == name {
		o.items[n-1].text += text
	} else {
		o.items = append(o.items, outputItem{stream: name, text: text})
	}
	o.soon()
}

// whole8 is text without a character that is cut at its end.
func whole8(text string) string {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRuneInString(text[len(text)-n:]) {
				return text[:len(text)-n]
			}
			break
		}
	}
	return text
}

// Display shows a bundle, MIME type to content that is fit for JSON; one with the id of an earlier one replaces it.
func (o *Output) Display(id string, bundle map[string]any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fresh()
	o.soon()
	for i := range o.items {
		if id != "" && o.items[i].id == id {
			o.items[i].data = bundle
			return
		}
	}
	o.items = append(o.items, outputItem{id: id, data: bundle})
}

// fresh drops what is stale.
func (o *Output) fresh() {
	if o.stale {
		o.items, o.size, o.stale = nil, 0, false
	}
}

func (o *Output) soon() {
	if o.timer == nil {
		o.timer = time.AfterFunc(outputEvery, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.timer != nil {
				o.send()
			}
		})
	}
}

// send brings the pages up to date; the lock is held.
func (o *Output) send() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	list := make([]any, len(o.items)) // as notebooks keep outputs: nbformat 4
	for i, it := range o.items {
		if it.stream != "" {
			list[i] = map[string]any{"output_type": "stream", "name": it.stream, "text": it.text}
		} else {
			list[i] = map[string]any{"output_type": "display_data", "data": it.data, "metadata": map[string]any{}}
		}
	}
	o.update(map[string]any{"outputs": list})
}
