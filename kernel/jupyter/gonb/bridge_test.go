//go:build unix

package gonb

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// child is set in the process that walks through everything: gonbui connects once
// in the life of a process, and tests may be repeated.
const child = "GOSSL_TEST_BRIDGE"

func TestBridge(t *testing.T) {
	if os.Getenv(child) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBridge$")
		cmd.Env = append(os.Environ(), child+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	var mu sync.Mutex
	var got []string
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, fmt.Sprintf(format, args...))
	}
	b, err := Open(Host{
		Display:   func(id string, data map[string]any) { note("display %q %v", id, data) },
		Input:     func(prompt string, secret bool) { note("input %q %v", prompt, secret) },
		Start:     func() { note("start") },
		Subscribe: func(address string, on bool) { note("subscribe %s %v", address, on) },
		Value:     func(address string, value any, request bool) { note("value %s %v %v", address, value, request) },
		Refused:   func(reason string) { note("refused") },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Drain() // nothing was sent: returns at once
	if b.pending() {
		t.Error("an unused bridge says that something is on its way")
	}
	for _, variable := range []string{protocol.GONB_PIPE_ENV, protocol.GONB_PIPE_BACK_ENV} {
		if v, ok := os.LookupEnv(variable); ok {
			t.Errorf("programs that cells start would see %s=%s", variable, v)
		}
	}

	gonbui.DisplayHTML("<b>1</b>")
	gonbui.UpdateHTML("id", "2")
	gonbui.DisplayMarkdown("*3*")
	gonbui.DisplayPng([]byte{1, 2})
	gonbui.RequestInput("name: ", true)
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMECommSubscribe: &protocol.CommSubscription{Address: "/x"}}})
	comms.Start()
	comms.Send("/y", []int{1, 2})
	large := strings.Repeat("x", 1<<20) // far above what a pipe holds
	gonbui.DisplayHTML(large)
	b.Drain()
	mu.Lock()
	seen := got
	got = nil
	mu.Unlock()
	want := []string{
		`display "" map[text/html:<b>1</b>]`, `display "id" map[text/html:2]`, `display "" map[text/markdown:*3*]`,
		`display "" map[image/png:[1 2]]`, `input "name: " true`, "subscribe /x true", "start", "value /y [1 2] false", `display "" map[text/html:` + large + `]`,
	}
	if !reflect.DeepEqual(seen, want) {
		for i := range seen {
			seen[i] = seen[i][:min(len(seen[i]), 100)]
		}
		t.Errorf("shown:\n%s", strings.Join(seen, "\n"))
	}

	// Values from the page.
	heard := make(chan string, 10)
	comms.Subscribe("/z", func(_ string, v []float64) { heard <- fmt.Sprint(v) })
	for raw, want := range map[string]string{"[1, 2]": "[1 2]", "[]": "[]"} {
		if err := b.Deliver("/z", json.RawMessage(raw)); err != nil {
			t.Error(err)
		} else if v := <-heard; v != want {
			t.Errorf("the page's %s arrived as %s", raw, v)
		}
	}
	for _, raw := range []string{"null", "{", `[1, "a"]`, `{"a": []}`} {
		if err := b.Deliver("/z", json.RawMessage(raw)); err == nil {
			t.Errorf("%s from a page was taken", raw)
		}
	}
	b.Drain()
	mu.Lock()
	got = nil
	mu.Unlock()

	// Several goroutines at once, and a Drain in each.
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				gonbui.DisplayMarkdown("x")
			}
			b.Drain()
		})
	}
	wg.Wait()
	mu.Lock()
	if len(got) != 400 {
		t.Errorf("%d displays shown, want 400", len(got))
	}
	mu.Unlock()

	if _, err := Open(Host{}); err == nil {
		t.Error("a second Open succeeded")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	b.Drain() // does not hang
}
