package jupyter

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// collect makes an output whose messages are recorded as "type text" lines.
func collect() (*output, func() []string) {
	var got []string
	o := newOutput(json.RawMessage(`{}`), func(m outgoing) {
		line := m.msgType
		switch c := m.content.(type) {
		case streamContent:
			line += " " + c.Name + " " + c.Text
		case displayContent:
			line += " " + c.Transient.DisplayID
		}
		got = append(got, line)
	})
	o.every = time.Hour // nothing is sent by the clock
	o.sent = time.Now()
	return o, func() []string {
		o.finish()
		return got
	}
}

func TestStreamsAreBatchedInOrder(t *testing.T) {
	o, result := collect()
	o.Stream("stdout", "a")
	o.Stream("stdout", "b\n")
	o.Stream("stderr", "c\n")
	o.Stream("stdout", "d\n")
	o.display("", map[string]any{"text/plain": "x"})
	o.Stream("stdout", "e")
	want := []string{"stream stdout ab\n", "stream stderr c\n", "stream stdout d\n", "display_data ", "stream stdout e"}
	if got := result(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestManyChangesAreJoined(t *testing.T) {
	o, result := collect()
	for range streamSegments {
		o.Stream("stderr", "e")
		o.Stream("stdout", "o")
	}
	want := []string{"stream stderr " + strings.Repeat("e", streamSegments), "stream stdout " + strings.Repeat("o", streamSegments)}
	if got := result(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLargeTextIsSentAtOnce(t *testing.T) {
	sent := 0
	o := newOutput(nil, func(m outgoing) { sent += len(m.content.(streamContent).Text) })
	o.every, o.sent = time.Hour, time.Now()
	o.Stream("stdout", strings.Repeat("x", streamSize-1))
	if sent != 0 {
		t.Fatalf("%d bytes sent below the limit", sent)
	}
	o.Stream("stdout", "x")
	if sent != streamSize {
		t.Errorf("%d bytes sent, want %d", sent, streamSize)
	}
}

// The clock alone sends what waits.
func TestTextIsSentByTheClock(t *testing.T) {
	sent := make(chan string, 1)
	o := newOutput(nil, func(m outgoing) { sent <- m.content.(streamContent).Text })
	o.Stream("stdout", "tick")
	select {
	case got := <-sent:
		if got != "tick" {
			t.Errorf("sent %q", got)
		}
	case <-t.Context().Done():
		t.Error("nothing was sent")
	}
}

func TestCharactersStayWhole(t *testing.T) {
	text := "né€😀\xff."
	o, result := collect()
	for i := range len(text) {
		o.Stream("stdout", text[i:i+1])
		o.mu.Lock()
		o.flush()
		o.mu.Unlock()
	}
	var joined string
	for _, m := range result() {
		part := strings.TrimPrefix(m, "stream stdout ")
		if !strings.Contains(part, "\xff") && strings.ContainsRune(part, '\uFFFD') {
			t.Errorf("a part of a character was sent: %q", part)
		}
		joined += part
	}
	if joined != text {
		t.Errorf("joined %q, want %q", joined, text)
	}
}

func TestDisplayUpdatesInPlace(t *testing.T) {
	o, result := collect()
	for _, id := range []string{"p", "q", "p", "", ""} {
		o.display(id, nil)
	}
	want := []string{"display_data p", "display_data q", "update_display_data p", "display_data ", "display_data "}
	if got := result(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
