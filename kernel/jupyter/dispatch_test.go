package jupyter

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// bench is a server without sockets: requests go in, messages come out in order.
type bench struct {
	t testing.TB
	k *server

	mu  sync.Mutex
	out []outgoing
	on  []string // channel of each
}

func newBench(t testing.TB, opts Options) *bench {
	t.Helper()
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opts.Logf = t.Logf
	k, err := newServer(t.Context(), &command.Shell{Session: session}, Connection{Key: "k", SignatureScheme: "hmac-sha256"}, opts)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, k: k}
	k.emit = func(to address, o outgoing) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.out, b.on = append(b.out, o), append(b.on, to.channel)
	}
	t.Cleanup(func() {
		k.stop()
		k.shells.wg.Wait()
		session.Close()
	})
	return b
}

// request makes a request as a client's message would.
func (b *bench) request(msgType string, content any) *request {
	b.t.Helper()
	text, err := marshal(content)
	if err != nil {
		b.t.Fatal(err)
	}
	h := b.k.wire.newHeader(msgType)
	raw, err := marshal(h)
	if err != nil {
		b.t.Fatal(err)
	}
	return &request{
		message: &message{header: h, raw: raw, content: text},
		from:    address{channel: "shell"}, shell: &shell{},
	}
}

// ask dispatches a request and returns what came out, as "channel type" words, and
// the content of the reply.
func (b *bench) ask(msgType string, content any) ([]string, map[string]any) {
	b.t.Helper()
	r := b.request(msgType, content)
	return b.run(r, shellHandlers)
}

func (b *bench) run(r *request, table map[string]handler) ([]string, map[string]any) {
	b.t.Helper()
	b.k.dispatch(r, table)
	b.mu.Lock()
	out, on := b.out, b.on
	b.out, b.on = nil, nil
	b.mu.Unlock()
	var words []string
	var reply map[string]any
	for i, o := range out {
		if string(o.parent) != string(r.raw) {
			b.t.Errorf("%s: %s has parent %s, want %s", r.header.MsgType, o.msgType, o.parent, r.raw)
		}
		text, err := marshal(o.content)
		if err != nil {
			b.t.Errorf("%s: %v", o.msgType, err)
		}
		word := on[i] + " " + o.msgType
		if s, ok := o.content.(statusContent); ok {
			word = on[i] + " " + s.ExecutionState
		}
		words = append(words, word)
		if strings.HasSuffix(o.msgType, "_reply") && on[i] != "iopub" {
			if err := json.Unmarshal(text, &reply); err != nil {
				b.t.Error(err)
			}
		}
	}
	return words, reply
}

// A notice is shown once, under the first cell that counts.
func TestNotice(t *testing.T) {
	b := newBench(t, Options{Notice: "look here"})
	for i, test := range []struct {
		silent bool
		want   string
	}{
		{true, "iopub busy,shell execute_reply,iopub idle"},
		{false, "iopub busy,iopub execute_input,iopub display_data,shell execute_reply,iopub idle"},
		{false, "iopub busy,iopub execute_input,shell execute_reply,iopub idle"},
	} {
		words, _ := b.ask("execute_request", map[string]any{"code": "var x int", "silent": test.silent})
		if got := strings.Join(words, ","); got != test.want {
			t.Errorf("cell %d: %s, want %s", i, got, test.want)
		}
	}
}

func TestDispatchOrder(t *testing.T) {
	b := newBench(t, Options{})
	tests := []struct {
		msgType string
		content any
		want    string
		status  any
	}{
		{"kernel_info_request", struct{}{}, "iopub busy,shell kernel_info_reply,iopub idle", "ok"},
		{"connect_request", struct{}{}, "iopub busy,shell connect_reply,iopub idle", "ok"},
		{"execute_request", map[string]any{"code": "import \"fmt\"\nfmt.Println(1)\n40+2"},
			"iopub busy,iopub execute_input,iopub stream,iopub execute_result,shell execute_reply,iopub idle", "ok"},
		{"execute_request", map[string]any{"code": "40+2", "silent": true}, "iopub busy,shell execute_reply,iopub idle", "ok"},
		{"execute_request", map[string]any{"code": "nosuch"}, "iopub busy,iopub execute_input,iopub error,shell execute_reply,iopub idle", "error"},
		{"execute_request", map[string]any{"code": 5}, "iopub busy,shell execute_reply,iopub idle", "error"},
		{"complete_request", map[string]any{"code": "fmt.Prin", "cursor_pos": 8}, "iopub busy,shell complete_reply,iopub idle", "ok"},
		{"inspect_request", map[string]any{"code": "fmt.Println", "cursor_pos": 11}, "iopub busy,shell inspect_reply,iopub idle", "ok"},
		{"is_complete_request", map[string]any{"code": "for {"}, "iopub busy,shell is_complete_reply,iopub idle", "incomplete"},
		{"is_complete_request", map[string]any{"code": "%help"}, "iopub busy,shell is_complete_reply,iopub idle", "complete"},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 1}, "iopub busy,shell history_reply,iopub idle", "ok"},
		{"comm_info_request", struct{}{}, "iopub busy,shell comm_info_reply,iopub idle", "ok"},
		{"comm_msg", map[string]any{"comm_id": "none", "data": 1}, "iopub busy,iopub idle", nil},
		{"interrupt_request", struct{}{}, "iopub busy,shell interrupt_reply,iopub idle", "ok"},
		{"no_such_request", struct{}{}, "iopub busy,iopub idle", nil},
	}
	for _, test := range tests {
		words, reply := b.ask(test.msgType, test.content)
		if got := strings.Join(words, ","); got != test.want || !reflect.DeepEqual(reply["status"], test.status) {
			t.Errorf("%s %v:\n got %s, status %v\nwant %s, status %v", test.msgType, test.content, got, reply["status"], test.want, test.status)
		}
	}
}

func TestHandlerThatPanics(t *testing.T) {
	b := newBench(t, Options{})
	words, reply := b.run(b.request("x_request", struct{}{}), map[string]handler{
		"x_request": func(*server, *request) (any, error) { panic("ouch") },
	})
	if got := strings.Join(words, ","); got != "iopub busy,shell x_reply,iopub idle" || reply["status"] != "error" || !strings.Contains(fmt.Sprint(reply["evalue"]), "ouch") {
		t.Errorf("got %s, %v", got, reply)
	}
}

func TestAbortedCell(t *testing.T) {
	b := newBench(t, Options{})
	r := b.request("execute_request", map[string]any{"code": "1"})
	r.aborted = true
	if words, reply := b.run(r, shellHandlers); strings.Join(words, ",") != "iopub busy,shell execute_reply,iopub idle" || reply["status"] != "aborted" {
		t.Errorf("got %v, %v", words, reply)
	}
	r = b.request("kernel_info_request", struct{}{})
	r.aborted = true // other requests are answered all the same
	if _, reply := b.run(r, shellHandlers); reply["status"] != "ok" {
		t.Errorf("kernel_info in the aborted queue: %v", reply)
	}
}

func TestShutdownTellsEverybody(t *testing.T) {
	b := newBench(t, Options{})
	words, reply := b.run(b.request("shutdown_request", map[string]any{"restart": true}), controlHandlers)
	want := "iopub busy,iopub shutdown_reply,shell shutdown_reply,iopub idle"
	if strings.Join(words, ",") != want || reply["restart"] != true || b.k.ctx.Err() == nil {
		t.Errorf("got %v, %v, context %v", words, reply, b.k.ctx.Err())
	}
}

func TestErrorsInTheProtocolsWords(t *testing.T) {
	b := newBench(t, Options{})
	tests := []struct{ code, name, value, shown string }{
		{"x := 1\ny := lamda", "CompileError", "undefined: lamda", "y := lamda"},
		{"var a []int\na[3]++", "Panic", "runtime error: index out of range [3] with length 0", ":2"},
		{`panic("stop")`, "Panic", "stop", "panic: stop"},
		{"%nosuch", "Error", "no such command", "%help"},
	}
	for _, test := range tests {
		_, reply := b.ask("execute_request", map[string]any{"code": test.code})
		lines := fmt.Sprint(reply["traceback"])
		if reply["ename"] != test.name || !strings.Contains(fmt.Sprint(reply["evalue"]), test.value) || !strings.Contains(lines, test.shown) {
			t.Errorf("%q: %v: %v\n%s\nwant %s: %s ... %s", test.code, reply["ename"], reply["evalue"], lines, test.name, test.value, test.shown)
		}
	}
}

func TestQuestions(t *testing.T) {
	tests := []struct {
		src, name string
		detail    int
		ok        bool
	}{
		{"fmt.Println?", "fmt.Println", 0, true},
		{" x?? ", "x", 1, true},
		{"?x", "x", 0, true},
		{"??a.b.c", "a.b.c", 1, true},
		{"naïve?", "naïve", 0, true},
		{"x", "", 0, false},
		{"?x?", "", 0, false},
		{"f(x)?", "", 0, false},
		{"x???", "", 0, false},
		{"", "", 0, false},
	}
	for _, test := range tests {
		if name, detail, ok := question(test.src); name != test.name || detail != test.detail || ok != test.ok {
			t.Errorf("question(%q) = %q, %d, %v", test.src, name, detail, ok)
		}
	}
}

func TestSubshells(t *testing.T) {
	b := newBench(t, Options{})
	list := func() []any {
		_, reply := b.run(b.request("list_subshell_request", struct{}{}), controlHandlers)
		return reply["subshell_id"].([]any)
	}
	_, reply := b.run(b.request("create_subshell_request", struct{}{}), controlHandlers)
	id, _ := reply["subshell_id"].(string)
	if got := list(); len(got) != 1 || got[0] != id {
		t.Errorf("subshells %v, want %q", got, id)
	}
	if _, reply := b.run(b.request("delete_subshell_request", map[string]any{"subshell_id": id}), controlHandlers); reply["status"] != "ok" {
		t.Errorf("delete: %v", reply)
	}
	for _, gone := range []string{id, ""} {
		if _, reply := b.run(b.request("delete_subshell_request", map[string]any{"subshell_id": gone}), controlHandlers); reply["status"] != "error" {
			t.Errorf("delete %q: %v", gone, reply)
		}
	}
	if got := list(); len(got) != 0 {
		t.Errorf("subshells %v are left", got)
	}
}

func TestCommsFromTheKernel(t *testing.T) {
	b := newBench(t, Options{})
	var got []string
	comm, err := b.k.comms.Open("jupyter.widget", map[string]any{"a": 1}, map[string]any{"version": "2.1.0"}, nil, func(c *Comm) {
		c.OnMessage = func(e Event) { got = append(got, string(e.Data)) }
		c.OnClose = func(Event) { got = append(got, "closed") }
	})
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	opened := b.out
	b.out, b.on = nil, nil
	b.mu.Unlock()
	if len(opened) != 1 || opened[0].msgType != "comm_open" || opened[0].content.(commContent).TargetName != "jupyter.widget" {
		t.Fatalf("Open sent %+v", opened)
	}
	b.ask("comm_msg", map[string]any{"comm_id": comm.ID, "data": map[string]int{"n": 1}})
	if _, reply := b.ask("comm_info_request", map[string]any{"target_name": "jupyter.widget"}); len(reply["comms"].(map[string]any)) != 1 {
		t.Errorf("comm_info: %v", reply)
	}
	b.ask("comm_close", map[string]any{"comm_id": comm.ID, "data": map[string]int{}})
	b.ask("comm_msg", map[string]any{"comm_id": comm.ID, "data": 2})
	if want := []string{`{"n":1}`, "closed"}; !reflect.DeepEqual(got, want) {
		t.Errorf("the comm heard %q, want %q", got, want)
	}
	if err := comm.Close(nil); err != nil {
		t.Error(err)
	}
}

// FuzzRequest answers any content of every request but those that run code or end the kernel: busy first, idle last, one
// reply at most, with a status, and everything is JSON.
func FuzzRequest(f *testing.F) {
	var types []string
	for name := range shellHandlers {
		if name != "execute_request" && name != "shutdown_request" {
			types = append(types, name)
		}
	}
	slices.Sort(types)
	for i := range types {
		for _, content := range []string{
			`{"code":"strings.Cu","cursor_pos":10,"detail_level":1}`, `{"hist_access_type":"search","pattern":"*[?","n":3,"unique":true}`,
			`{"hist_access_type":"range","session":-1,"start":1,"stop":3}`, `{"comm_id":"c","target_name":"t","data":{}}`, `{"code":"a\u0000\ud800😀","cursor_pos":-1}`, `[]`,
		} {
			f.Add(uint8(i), content)
		}
	}
	b := newBench(f, Options{History: f.TempDir()})
	b.k.opts.Logf = func(string, ...any) {}
	b.ask("execute_request", map[string]any{"code": "a := 1"})
	f.Fuzz(func(t *testing.T, i uint8, content string) {
		b.t = t
		r := b.request(types[int(i)%len(types)], struct{}{})
		r.content = []byte(content)
		words, reply := b.run(r, shellHandlers)
		if len(words) < 2 || words[0] != "iopub busy" || words[len(words)-1] != "iopub idle" {
			t.Errorf("%s %q: %q", r.header.MsgType, content, words)
		}
		replies := 0
		for _, w := range words {
			if strings.HasPrefix(w, "shell ") {
				replies++
			}
		}
		if status, ok := reply["status"].(string); replies > 1 || replies == 1 && (!ok || status != "ok" && status != "error" && r.header.MsgType != "is_complete_request") {
			t.Errorf("%s %q: %d replies, the last %v", r.header.MsgType, content, replies, reply)
		}
	})
}
