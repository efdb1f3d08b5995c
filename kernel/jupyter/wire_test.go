package jupyter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

func testWire() *wire {
	return newWire(Connection{Key: "a key", SignatureScheme: "hmac-sha256"})
}

// signed makes the frames of a message from its four parts, with a right signature.
func signed(w *wire, parts ...string) zmtp.Message {
	raw := make([][]byte, len(parts))
	for i, p := range parts {
		raw[i] = []byte(p)
	}
	return append(zmtp.Message{delimiter, w.sign(raw)}, raw...)
}

func TestWireRoundTrip(t *testing.T) {
	client, kernel := testWire(), testWire()
	content := executeInput{"x := \"<&>\u2028é\"", 3}
	frames, err := client.encode([][]byte{[]byte("route"), {}}, outgoing{
		msgType: "execute_request", parent: json.RawMessage(`{"msg_id":"p"}`), content: content, buffers: [][]byte{{0, 1, 2}, nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := kernel.decode(frames)
	if err != nil {
		t.Fatal(err)
	}
	var got executeInput
	if err := json.Unmarshal(m.content, &got); err != nil || got != content {
		t.Errorf("content = %+v, %v, want %+v", got, err, content)
	}
	if m.header.MsgType != "execute_request" || m.header.Session != client.session || m.header.Version != protocolVersion {
		t.Errorf("header = %+v", m.header)
	}
	if string(m.parent) != `{"msg_id":"p"}` || string(m.metadata) != "{}" {
		t.Errorf("parent %s, metadata %s", m.parent, m.metadata)
	}
	if len(m.routes) != 2 || string(m.routes[0]) != "route" || len(m.buffers) != 2 || !bytes.Equal(m.buffers[0], []byte{0, 1, 2}) {
		t.Errorf("routes %q, buffers %q", m.routes, m.buffers)
	}
	if _, err := kernel.decode(frames); !errors.Is(err, errReplay) {
		t.Errorf("the same message again: %v, want %v", err, errReplay)
	}
}

func TestWireRefuses(t *testing.T) {
	w := testWire()
	header := `{"msg_id":"1","msg_type":"kernel_info_request"}`
	tests := []struct {
		name string
		m    zmtp.Message
		want string
	}{
		{"nothing", nil, "delimiter"},
		{"no delimiter", zmtp.Message{[]byte("x"), []byte("y")}, "delimiter"},
		{"too few parts", signed(w, header, "{}", "{}"), "delimiter"},
		{"no signature", append(zmtp.Message{delimiter, nil}, signed(w, header, "{}", "{}", "{}")[2:]...), "signature"},
		{"other key", signed(newWire(Connection{Key: "other", SignatureScheme: "hmac-sha256"}), header, "{}", "{}", "{}"), "signature"},
		{"upper case", upper(signed(w, header, "{}", "{}", "{}")), "signature"},
		{"parts moved", moved(signed(w, header, `{"a":1}`, "{}", "{}")), "signature"},
		{"header is no JSON", signed(w, "{", "{}", "{}", "{}"), "header"},
		{"header of another shape", signed(w, `{"msg_id":1,"msg_type":"x"}`, "{}", "{}", "{}"), "header"},
		{"no msg_type", signed(w, `{"msg_id":"1"}`, "{}", "{}", "{}"), "without msg_type"},
		{"not UTF-8", signed(w, "{\"msg_id\":\"\xff\",\"msg_type\":\"x\"}", "{}", "{}", "{}"), "UTF-8"},
	}
	for _, test := range tests {
		if m, err := w.decode(test.m); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, %v, want an error with %q", test.name, m, err, test.want)
		}
	}
}

func upper(m zmtp.Message) zmtp.Message {
	m[1] = bytes.ToUpper(m[1])
	return m
}

func moved(m zmtp.Message) zmtp.Message {
	m[3], m[4] = m[4], m[3]
	return m
}

// The memory of signatures is bounded, and forgets the oldest first.
func TestReplayMemoryIsBounded(t *testing.T) {
	w := testWire()
	sig := func(i int) []byte { return []byte(fmt.Sprintf("%064x", i)) }
	// The beginning of a signature is not looked at; its end differs here too late.
	spread := func(i int) []byte { s := sig(0); copy(s[16:], fmt.Sprintf("%016x", i)); return s }
	for i := range remembered + 10 {
		if !w.isNew(spread(i)) {
			t.Fatalf("signature %d is taken for a replay", i)
		}
	}
	if len(w.seen) != remembered {
		t.Errorf("%d signatures remembered, want %d", len(w.seen), remembered)
	}
	if w.isNew(spread(remembered + 9)) {
		t.Error("the last signature is new again")
	}
}

func FuzzDecode(f *testing.F) {
	w := testWire()
	for _, parts := range [][]string{
		{`{"msg_id":"1","msg_type":"execute_request"}`, "{}", "{}", `{"code":"1+1"}`},
		{`{"msg_id":"1","msg_type":"history_request"}`, "{}", "{}", `{"hist_access_type":"tail","n":-1}`},
		{`null`, "", "", ""},
	} {
		f.Add(parts[0], parts[1], parts[2], parts[3])
	}
	f.Fuzz(func(t *testing.T, header, parent, metadata, content string) {
		m, err := w.decode(signed(w, header, parent, metadata, content))
		if err != nil {
			return
		}
		// Whatever is accepted can go back as a parent header.
		frames, err := w.encode(nil, outgoing{msgType: "status", parent: m.raw, content: statusContent{"busy"}})
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(frames[3]) {
			t.Fatalf("parent header %q is no JSON", frames[3])
		}
		r := &request{message: m}
		for _, into := range []any{
			&executeRequest{}, &completeRequest{}, &inspectRequest{}, &isCompleteRequest{}, &historyRequest{},
			&shutdownContent{}, &deleteSubshellRequest{}, &inputReply{}, &commInfoRequest{}, &commContent{},
		} {
			if err := decode(r, into); err != nil && len(describe(err).Traceback) == 0 {
				t.Fatalf("%v has no text", err)
			}
		}
	})
}
