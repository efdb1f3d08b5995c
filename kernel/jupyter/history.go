package jupyter

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// history keeps what was run: this session in memory, and every session as one
// file of JSON lines, numbered from 1 in the order of their beginnings.
type history struct {
	dir     string // empty: nothing on disk
	session int

	mu      sync.Mutex
	file    *os.File
	entries []historyEntry
}

// historyEntry is one cell that ran.
type historyEntry struct {
	Line   int    `json:"line"` // its execution count
	Src    string `json:"src"`
	Output string `json:"out,omitempty"` // text of its value

	session int
}

// keptSessions is how many sessions stay on disk.
const keptSessions = 1000

const historySuffix = ".jsonl"

// openHistory begins a session in dir; an empty dir keeps the history in memory.
func openHistory(dir string) (*history, error) {
	h := &history{dir: dir, session: 1}
	if dir == "" {
		return h, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	sessions, err := h.sessions()
	if err != nil {
		return nil, err
	}
	if len(sessions) > 0 {
		h.session = sessions[len(sessions)-1] + 1
	}
	for len(sessions) >= keptSessions {
		if err := os.Remove(h.path(sessions[0])); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("history: %w", err)
		}
		sessions = sessions[1:]
	}
	for { // another kernel may take the number at the same time
		h.file, err = os.OpenFile(h.path(h.session), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return h, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("history: %w", err)
		}
		h.session++
	}
}

func (h *history) path(session int) string {
	return filepath.Join(h.dir, strconv.Itoa(session)+historySuffix)
}

// sessions lists the numbers of the sessions on disk, oldest first.
func (h *history) sessions() ([]int, error) {
	files, err := os.ReadDir(h.dir)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	var numbers []int
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), historySuffix)
		if n, err := strconv.Atoi(name); ok && err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// add records a cell. A disk that cannot be written to loses the record on disk alone.
func (h *history) add(line int, src, output string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := historyEntry{Line: line, Src: src, Output: output, session: h.session}
	h.entries = append(h.entries, e)
	if h.file != nil {
		if text, err := marshal(e); err == nil {
			h.file.Write(append(text, '\n'))
		}
	}
}

// close ends the session; one in which nothing ran leaves no file.
func (h *history) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	err := h.file.Close()
	h.file = nil
	if len(h.entries) == 0 {
		err = errors.Join(err, os.Remove(h.path(h.session)))
	}
	return err
}

// read returns the cells of one session.
func (h *history) read(session int) ([]historyEntry, error) {
	if session == h.session {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.Clone(h.entries), nil
	}
	if h.dir == "" {
		return nil, nil
	}
	f, err := os.Open(h.path(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	var entries []historyEntry
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return entries, nil // a line without its end is one that a crash cut off
		}
		e := historyEntry{session: session}
		if json.Unmarshal(line, &e) == nil {
			entries = append(entries, e)
		}
	}
}

// all returns the numbers of all sessions, this one last, oldest first.
func (h *history) all() ([]int, error) {
	if h.dir == "" {
		return []int{h.session}, nil
	}
	sessions, err := h.sessions()
	if err != nil {
		return nil, err
	}
	// A kernel that began after this one counts as older here: its cells are
	// not what this session's user did last.
	sessions = slices.DeleteFunc(sessions, func(n int) bool { return n == h.session })
	return append(sessions, h.session), nil
}

// tail returns the last n cells of all sessions.
func (h *history) tail(n int) ([]historyEntry, error) {
	sessions, err := h.all()
	if err != nil {
		return nil, err
	}
	var found []historyEntry
	for i := len(sessions) - 1; i >= 0 && len(found) < n; i-- {
		entries, err := h.read(sessions[i])
		if err != nil {
			return nil, err
		}
		entries = entries[max(0, len(entries)-(n-len(found))):]
		found = append(entries, found...)
	}
	return found, nil
}

// span returns the cells of one session with start <= line < stop; a nil stop
// means to the end. Session 0 is this one, -1 the one before.
func (h *history) span(session, start int, stop *int) ([]historyEntry, error) {
	if session <= 0 {
		session += h.session
	}
	entries, err := h.read(session)
	return slices.DeleteFunc(entries, func(e historyEntry) bool {
		return e.Line < start || stop != nil && e.Line >= *stop
	}), err
}

// search returns the last n cells (n <= 0: all) whose whole source matches a
// pattern in which * stands for any text and ? for any character. With unique, of
// cells with the same source only the last counts.
func (h *history) search(pattern string, n int, unique bool) ([]historyEntry, error) {
	sessions, err := h.all()
	if err != nil {
		return nil, err
	}
	if pattern == "" {
		pattern = "*"
	}
	matches := glob(pattern)
	seen := map[string]bool{}
	var found []historyEntry // newest first
	for i := len(sessions) - 1; i >= 0; i-- {
		entries, err := h.read(sessions[i])
		if err != nil {
			return nil, err
		}
		for _, e := range slices.Backward(entries) {
			if n > 0 && len(found) == n {
				break
			}
			if matches.MatchString(e.Src) && !(unique && seen[e.Src]) {
				seen[e.Src] = true
				found = append(found, e)
			}
		}
	}
	slices.Reverse(found)
	return found, nil
}

// glob compiles a pattern of * and ?.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.MustCompile(`(?s)\A` + quoted + `\z`)
}

// pastCells answers history_request.
func (k *server) pastCells(r *request) (any, error) {
	var q historyRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	var found []historyEntry
	var err error
	switch q.HistAccessType {
	case "tail":
		found, err = k.history.tail(q.N)
	case "range":
		found, err = k.history.span(q.Session, q.Start, q.Stop)
	case "search":
		found, err = k.history.search(q.Pattern, q.N, q.Unique)
	default:
		err = fmt.Errorf("hist_access_type %q: want range, tail or search", q.HistAccessType)
	}
	if err != nil {
		return nil, err
	}
	reply := historyReply{Status: "ok", History: [][3]any{}}
	for _, e := range found {
		var item any = e.Src
		if q.Output {
			var output any // null: the cell had no value
			if e.Output != "" {
				output = e.Output
			}
			item = [2]any{e.Src, output}
		}
		reply.History = append(reply.History, [3]any{e.session, e.Line, item})
	}
	return reply, nil
}
