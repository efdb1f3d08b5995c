package jupyter

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel"
)

// output is where one request's output goes. It stays usable when the request has
// been answered, so that goroutines which outlive their cell still write there.
type output struct {
	publish func(outgoing)
	parent  json.RawMessage
	every   time.Duration // how often streams are sent

	mu       sync.Mutex
	segments []segment   // waiting text, in order
	size     int         // bytes in segments
	timer    *time.Timer // runs while something waits
	sent     time.Time   // when streams were last sent
	torn     map[string]string
	shown    map[string]bool // display ids seen under this request
}

// outputKey finds in a cell's context the output of the request that started it.
type outputKey struct{}

const (
	// streamEvery is how often streams are sent: clients drop what comes in more
	// than 1,000 messages a second. ipykernel's figure.
	streamEvery = 200 * time.Millisecond
	// streamSoon is how long the first text after a pause waits for more.
	streamSoon = 10 * time.Millisecond
	// streamSize is how much text is sent without waiting, in bytes.
	streamSize = 256 << 10
	// streamSegments is how many changes between stdout and stderr keep their
	// order within one batch; above it each stream's text is joined.
	streamSegments = 16
)

func newOutput(parent json.RawMessage, publish func(outgoing)) *output {
	return &output{publish: publish, parent: parent, every: streamEvery, torn: map[string]string{}, shown: map[string]bool{}}
}

// Stream adds text to a stream, "stdout" or "stderr". It may be cut anywhere, also
// inside a character.
func (o *output) Stream(name, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text = o.torn[name] + text
	whole := len(text) - tornTail(text)
	text, o.torn[name] = text[:whole], text[whole:]
	if text == "" {
		return
	}
	o.add(name, text)
	if o.size >= streamSize {
		o.flush()
		return
	}
	if o.timer == nil {
		wait := max(streamSoon, o.every-time.Since(o.sent))
		o.timer = time.AfterFunc(wait, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.flush()
		})
	}
}

// segment is a run of text on one stream.
type segment struct {
	name string
	text []byte
}

// add appends text to the waiting segments.
func (o *output) add(name, text string) {
	o.size += len(text)
	if n := len(o.segments); n > 0 && o.segments[n-1].name == name {
		o.segments[n-1].text = append(o.segments[n-1].text, text...)
		return
	}
	o.segments = append(o.segments, segment{name, []byte(text)})
}

// tornTail is the length of an incomplete character at the end of s.
func tornTail(s string) int {
	for n := 1; n < utf8.UTFMax && n <= len(s); n++ {
		if c := s[len(s)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRuneInString(s[len(s)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// flush sends what waits; the caller holds the lock, which keeps the order.
func (o *output) flush() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.segments) == 0 {
		return
	}
	segments := o.segments
	if len(segments) > streamSegments {
		segments = joinStreams(segments)
	}
	o.segments, o.size = nil, 0
	for _, s := range segments {
		o.publish(outgoing{msgType: "stream", parent: o.parent, content: streamContent{s.name, string(s.text)}})
	}
	o.sent = time.Now()
}

// joinStreams makes one segment of each stream, in the order of their first text.
func joinStreams(segments []segment) []segment {
	var joined []segment
	for _, s := range segments {
		i := slices.IndexFunc(joined, func(j segment) bool { return j.name == s.name })
		if i < 0 {
			i = len(joined)
			joined = append(joined, segment{name: s.name})
		}
		joined[i].text = append(joined[i].text, s.text...)
	}
	return joined
}

// finish sends all text, also what ends inside a character.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range []string{"stdout", "stderr"} {
		if rest := o.torn[name]; rest != "" {
			o.add(name, rest)
			o.torn[name] = ""
		}
	}
	o.flush()
}

// send publishes a message behind all text written before it.
func (o *output) send(msgType string, content any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	o.publish(outgoing{msgType: msgType, parent: o.parent, content: content})
}

// display shows a bundle; an id that this request has shown before is updated in place.
func (o *output) display(id string, data map[string]any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	msgType := "display_data"
	if id != "" && o.shown[id] {
		msgType = "update_display_data"
	}
	o.shown[id] = id != ""
	o.publish(outgoing{msgType: msgType, parent: o.parent, content: displayContent{
		Data: kernel.Bundle(data).JSON(), Metadata: map[string]any{}, Transient: transient{DisplayID: id},
	}})
}
