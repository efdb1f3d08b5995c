package zmtp

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestFrameRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 255, 256, 65535, 1<<20 - 1, 1 << 20, 1<<20 + 1, 5 << 20} {
		for _, f := range []frame{{}, {more: true}, {command: true}} {
			f.body = bytes.Repeat([]byte{0xA5}, size)
			var buf bytes.Buffer
			w := bufio.NewWriter(&buf)
			if err := writeFrame(w, f); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			fr := frameReader{r: bufio.NewReader(&buf), max: 8 << 20}
			got, err := fr.next()
			if err != nil || got.more != f.more || got.command != f.command || !bytes.Equal(got.body, f.body) {
				t.Fatalf("frame of %d bytes (more %v, command %v) came back as %d bytes (more %v, command %v), error %v",
					size, f.more, f.command, len(got.body), got.more, got.command, err)
			}
			if _, err := fr.next(); err != io.EOF {
				t.Fatalf("after the last frame: error %v, want EOF", err)
			}
		}
	}
}

func TestFrameRefused(t *testing.T) {
	tests := []struct{ name, wire, want string }{
		{"reserved bits", "\x08\x00", "reserved flag bits"},
		{"command in parts", "\x05\x00", "several parts"},
		{"too large", "\x02\x00\x00\x00\x00\x00\x00\x10\x01", "the limit is 4096"},
		{"huge length", "\x02\xff\xff\xff\xff\xff\xff\xff\xff", "the limit is 4096"},
		{"cut in length", "\x02\x00\x00", "unexpected EOF"},
		{"cut in body", "\x00\x05abc", "unexpected EOF"},
		{"flags only", "\x00", "unexpected EOF"},
	}
	for _, test := range tests {
		fr := frameReader{r: bufio.NewReader(strings.NewReader(test.wire)), max: 4096}
		if _, err := fr.next(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
}

// An announced length claims no memory before its bytes arrive.
func TestFrameClaimsNoMemory(t *testing.T) {
	wire := "\x02\x00\x00\x00\x00\x40\x00\x00\x00" + strings.Repeat("x", 100)
	allocs := testing.AllocsPerRun(1, func() {
		fr := frameReader{r: bufio.NewReader(strings.NewReader(wire)), max: 1 << 31}
		if f, err := fr.next(); err != io.ErrUnexpectedEOF || f.body != nil {
			t.Errorf("next() = %d bytes, %v, want an unexpected EOF", len(f.body), err)
		}
	})
	if allocs > 10 {
		t.Errorf("%v allocations for a frame of 1 GiB of which 100 bytes came", allocs)
	}
}

func TestMetadata(t *testing.T) {
	md := metadata{"Socket-Type": "DEALER", "Identity": "", "x-long": strings.Repeat("v", 300)}
	got, err := parseMetadata(md.encode())
	if err != nil || len(got) != 3 || got["socket-type"] != "DEALER" || got["x-long"] != md["x-long"] {
		t.Errorf("parseMetadata(encode(%v)) = %v, %v", md, got, err)
	}
	for _, bad := range []string{"\x00", "\x01", "\x01a\x00\x00\x00", "\x01a\x00\x00\x00\x05abc", "\x01a\xff\xff\xff\xffabc"} {
		if got, err := parseMetadata([]byte(bad)); err == nil {
			t.Errorf("parseMetadata(%q) = %v, want an error", bad, got)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x00\x05hello\x01\x00"))
	f.Add([]byte("\x04\x06\x05READY"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x01x"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		fr := frameReader{r: bufio.NewReader(bytes.NewReader(wire)), max: 1 << 16}
		var again bytes.Buffer
		w := bufio.NewWriter(&again)
		var frames []frame
		for {
			fm, err := fr.next()
			if err != nil {
				break
			}
			if fm.command {
				if name, data, err := parseCommand(fm.body); err == nil && !bytes.Equal(command(name, data), fm.body) {
					t.Fatalf("command %q %q does not come back as %q", name, data, fm.body)
				}
			}
			if md, err := parseMetadata(fm.body); err == nil {
				if _, err := parseMetadata(md.encode()); err != nil {
					t.Fatalf("metadata %v does not come back: %v", md, err)
				}
			}
			frames = append(frames, fm)
			if err := writeFrame(w, fm); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		fr = frameReader{r: bufio.NewReader(&again), max: 1 << 16}
		for i, want := range frames {
			got, err := fr.next()
			if err != nil || got.more != want.more || got.command != want.command || !bytes.Equal(got.body, want.body) {
				t.Fatalf("frame %d: %v, %v, want %v", i, got, err, want)
			}
		}
	})
}
