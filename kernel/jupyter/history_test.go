package jupyter

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// sources writes entries as "session/line source" words.
func sources(entries []historyEntry, err error) string {
	if err != nil {
		return err.Error()
	}
	s := ""
	for _, e := range entries {
		s += fmt.Sprintf("%d/%d %s;", e.session, e.Line, e.Src)
	}
	return s
}

func TestHistoryAcrossSessions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "history")
	var h *history
	for s, cells := range [][]string{{"1+2", "x"}, {}, {"1*2", "1+2"}} {
		var err error
		if h, err = openHistory(dir); err != nil {
			t.Fatal(err)
		}
		for i, src := range cells {
			h.add(i+1, src, "")
		}
		if s < 2 {
			if err := h.close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	defer h.close()
	// The second session ran nothing, so its number was free again.
	two := 2
	tests := []struct{ name, got, want string }{
		{"tail 3", sources(h.tail(3)), "1/2 x;2/1 1*2;2/2 1+2;"},
		{"tail 0", sources(h.tail(0)), ""},
		{"tail -1", sources(h.tail(-1)), ""},
		{"tail all", sources(h.tail(1 << 30)), "1/1 1+2;1/2 x;2/1 1*2;2/2 1+2;"},
		{"this session", sources(h.span(0, 1, nil)), "2/1 1*2;2/2 1+2;"},
		{"the one before", sources(h.span(-1, 2, nil)), "1/2 x;"},
		{"by number", sources(h.span(1, 0, &two)), "1/1 1+2;"},
		{"none", sources(h.span(77, 0, nil)), ""},
		{"search", sources(h.search("1?2", 0, false)), "1/1 1+2;2/1 1*2;2/2 1+2;"},
		{"search unique", sources(h.search("1?2", 0, true)), "2/1 1*2;2/2 1+2;"},
		{"search last", sources(h.search("1*", 1, false)), "2/2 1+2;"},
		{"search literally", sources(h.search("1+*", 0, true)), "2/2 1+2;"},
		{"search all", sources(h.search("", 2, false)), "2/1 1*2;2/2 1+2;"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
	if info, err := os.Stat(h.path(1)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("history file: %v, %v, want mode 0600", info, err)
	}
}

func TestHistorySurvivesDamage(t *testing.T) {
	dir := t.TempDir()
	damaged := "{\"line\":1,\"src\":\"ok\"}\nnonsense\n{\"line\":2,\"src\":\"ok too\"}\n{\"line\":3,\"src\":\"cut o"
	if err := os.WriteFile(filepath.Join(dir, "4.jsonl"), []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if h.session != 5 {
		t.Errorf("session %d, want 5", h.session)
	}
	if got, want := sources(h.tail(9)), "4/1 ok;4/2 ok too;"; got != want {
		t.Errorf("tail = %q, want %q", got, want)
	}
}

func TestOldSessionsGo(t *testing.T) {
	dir := t.TempDir()
	for n := 1; n <= keptSessions+5; n++ {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jsonl", n)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := openHistory(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	sessions, err := h.sessions()
	if err != nil || len(sessions) != keptSessions || sessions[0] != 7 || h.session != keptSessions+6 {
		t.Errorf("%d sessions from %d on, this one %d, %v", len(sessions), sessions[0], h.session, err)
	}
}

func TestHistoryInMemory(t *testing.T) {
	h, err := openHistory("")
	if err != nil {
		t.Fatal(err)
	}
	h.add(1, "a", "1")
	if got := sources(h.tail(5)); got != "1/1 a;" {
		t.Errorf("tail = %q", got)
	}
	if err := h.close(); err != nil {
		t.Error(err)
	}
}
