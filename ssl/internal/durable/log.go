package durable

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

// A line of a log is a JSON object whose last member is the CRC-32C of what stands before
// it, in hex: {"step":3,"loss":1.5,"crc":"89abcdef"}. Any reader of JSON lines reads it.
const (
	crcMember = `,"crc":"`
	crcSuffix = len(crcMember) + 8 + len(`"}`)
	crcFormat = crcMember + `%08x"}` + "\n"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Log is a file of lines that only grows. It is for one goroutine at a time.
type Log struct {
	f    *os.File
	size int64 // of the whole lines
	torn bool  // a write failed, so that the file may be longer than size
}

// Open opens a log, made if need be, and cuts off what stands after its last whole line. It
// returns its lines, as [Read] does.
func Open(path string) (l *Log, lines [][]byte, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	content, err := io.ReadAll(f)
	if err == nil {
		var whole int64
		lines, whole = parse(content)
		l = &Log{f: f, size: whole}
		if whole < int64(len(content)) {
			err = f.Truncate(whole)
		}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return l, lines, nil
}

// Read returns the objects of a log's whole lines, without their checksums. A file that is
// not there has none.
func Read(path string) ([][]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lines, _ := parse(content)
	return lines, nil
}

// parse returns the whole lines and where the last of them ends: the first that is torn or
// damaged ends the log.
func parse(content []byte) (lines [][]byte, whole int64) {
	for {
		rest := content[whole:]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return lines, whole
		}
		object, ok := verify(rest[:end])
		if !ok {
			return lines, whole
		}
		lines = append(lines, object)
		whole += int64(end) + 1
	}
}

// verify takes the checksum off a line.
func verify(line []byte) (object []byte, ok bool) {
	n := len(line) - crcSuffix
	if n < 1 || line[0] != '{' {
		return nil, false
	}
	want := fmt.Appendf(nil, crcFormat, crc32.Checksum(line[:n], castagnoli))
	if !bytes.Equal(line[n:], want[:len(want)-1]) {
		return nil, false
	}
	return append(append(make([]byte, 0, n+1), line[:n]...), '}'), true
}

// Append writes JSON objects as lines, in one write. A killed process loses none that Append
// has returned for; power loss may, until [Log.Sync]. After an error, such as of a full disk,
// the log is as it was before.
func (l *Log) Append(objects ...[]byte) error {
	var b bytes.Buffer
	for _, o := range objects {
		if len(o) < 3 || o[0] != '{' || o[len(o)-1] != '}' || bytes.IndexByte(o, '\n') >= 0 {
			return fmt.Errorf("log line %q is not a JSON object with members, on one line", o)
		}
		body := o[:len(o)-1]
		b.Write(body)
		fmt.Fprintf(&b, crcFormat, crc32.Checksum(body, castagnoli))
	}
	if l.torn {
		if err := l.f.Truncate(l.size); err != nil {
			return err
		}
		l.torn = false
	}
	if _, err := l.f.WriteAt(b.Bytes(), l.size); err != nil {
		l.torn = true
		if l.f.Truncate(l.size) == nil {
			l.torn = false
		}
		return err
	}
	l.size += int64(b.Len())
	return nil
}

// Sync makes what was appended durable.
func (l *Log) Sync() error { return l.f.Sync() }

// Close closes the file.
func (l *Log) Close() error { return l.f.Close() }
