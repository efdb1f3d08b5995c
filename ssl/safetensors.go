package ssl

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// A safetensors file is: the length of the header (8 bytes, little-endian), the header (JSON:
// name → type, shape, place; and "__metadata__", text by name), the tensors' bytes. Ours end
// with a tensor of 32 bytes, the SHA-256 of everything before it, so that damage anywhere is
// seen. Other programs read them as any safetensors file.
const (
	checksumName = "gossl/checksum"
	maxHeader    = 64 << 20
)

var safetensorsTypes = map[dtypes.DType]string{
	dtypes.Bool: "BOOL", dtypes.Int8: "I8", dtypes.Int16: "I16", dtypes.Int32: "I32", dtypes.Int64: "I64",
	dtypes.Uint8: "U8", dtypes.Uint16: "U16", dtypes.Uint32: "U32", dtypes.Uint64: "U64",
	dtypes.Float16: "F16", dtypes.BFloat16: "BF16", dtypes.Float32: "F32", dtypes.Float64: "F64",
}

type tensorHeader struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// writeSafetensors writes the variables and the metadata, and the checksum of both.
func writeSafetensors(out io.Writer, w weights, metadata map[string]string) error {
	var header bytes.Buffer
	text, err := json.Marshal(metadata) // keys sorted
	if err != nil {
		return err
	}
	fmt.Fprintf(&header, `{"__metadata__":%s`, text)
	var at int64
	entry := func(name, dtype string, shape []int, size int64) error {
		if shape == nil {
			shape = []int{}
		}
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		value, err := json.Marshal(tensorHeader{dtype, shape, [2]int64{at, at + size}})
		if err != nil {
			return err
		}
		fmt.Fprintf(&header, ",%s:%s", key, value)
		at += size
		return nil
	}
	for _, path := range w.paths {
		t := w.values[path]
		dtype := safetensorsTypes[t.DType()]
		if dtype == "" {
			return fmt.Errorf("variable %s is %s, which safetensors cannot hold", path, t.DType())
		}
		if err := entry(path, dtype, t.Shape().Dimensions, t.ByteSize()); err != nil {
			return err
		}
	}
	if err := entry(checksumName, "U8", []int{sha256.Size}, sha256.Size); err != nil {
		return err
	}
	header.WriteByte('}')
	for header.Len()%8 != 0 {
		header.WriteByte(' ')
	}

	sum := sha256.New()
	both := io.MultiWriter(out, sum)
	if err := binary.Write(both, binary.LittleEndian, uint64(header.Len())); err != nil {
		return err
	}
	if _, err := both.Write(header.Bytes()); err != nil {
		return err
	}
	for _, path := range w.paths {
		var writeErr error
		if err := w.values[path].ConstBytes(func(data []byte) { _, writeErr = both.Write(data) }); err != nil {
			return err
		}
		if writeErr != nil {
			return writeErr
		}
	}
	_, err = out.Write(sum.Sum(nil))
	return err
}

// safetensorsMetadata reads the metadata of a file and none of its tensors; the checksum is
// not looked at.
func safetensorsMetadata(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var n uint64
	if err := binary.Read(f, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	if n > maxHeader {
		return nil, fmt.Errorf("its header claims %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, err
	}
	var h struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	err = json.Unmarshal(text, &h)
	return h.Metadata, err
}

// readSafetensors reads what writeSafetensors wrote. It trusts nothing: a file that is cut
// short, altered or made up is an error, never a crash.
func readSafetensors(file []byte) (w weights, metadata map[string]string, err error) {
	return parseSafetensors(file, true)
}

// parseSafetensors reads a file of this program's (ours), with its checksum, or any.
func parseSafetensors(file []byte, ours bool) (w weights, metadata map[string]string, err error) {
	fail := func(format string, args ...any) (weights, map[string]string, error) {
		return weights{}, nil, fmt.Errorf(format, args...)
	}
	if len(file) < 8+2 || ours && len(file) < 8+2+sha256.Size {
		return fail("it is %d bytes long, too short for a checkpoint", len(file))
	}
	n := binary.LittleEndian.Uint64(file)
	if n > maxHeader || n > uint64(len(file)-8) {
		return fail("its header claims %d bytes and the file has %d: it is cut short, or no checkpoint", n, len(file))
	}
	body := file[8+n:]
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(file[8:8+n], &entries); err != nil {
		return fail("its header is damaged: %v", err)
	}
	if err := json.Unmarshal(entries["__metadata__"], &metadata); ours && (err != nil || metadata == nil) {
		return fail("it has no metadata; it is not a gossl checkpoint")
	}
	delete(entries, "__metadata__")
	_, checked := entries[checksumName]
	if !checked && ours {
		return fail("it has no checksum; it is not a gossl checkpoint")
	}
	if checked {
		end := max(len(file)-sha256.Size, 0)
		if sum := sha256.Sum256(file[:end]); !bytes.Equal(sum[:], file[end:]) {
			return fail("its checksum does not match: it is cut short or damaged")
		}
	}

	headers := make(map[string]tensorHeader, len(entries))
	names := make([]string, 0, len(entries))
	for name, raw := range entries {
		var h tensorHeader
		if err := json.Unmarshal(raw, &h); err != nil {
			return fail("the entry of tensor %q is damaged: %v", name, err)
		}
		headers[name] = h
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := headers[names[i]].Offsets, headers[names[j]].Offsets
		return a[0] < b[0] || a[0] == b[0] && (a[1] < b[1] || a[1] == b[1] && names[i] < names[j])
	})
	w.values = map[string]*tensors.Tensor{}
	var at int64
	for _, name := range names {
		h := headers[name]
		dtype, size, ok := h.size()
		if !ok || h.Offsets[0] != at || h.Offsets[1]-at != size || h.Offsets[1] > int64(len(body)) {
			return fail("tensor %q (%s %v at %v) does not fit its place", name, h.DType, h.Shape, h.Offsets)
		}
		data := body[at:h.Offsets[1]]
		at = h.Offsets[1]
		if name == checksumName {
			continue
		}
		t := tensors.FromShape(shapes.Make(dtype, h.Shape...))
		if err := t.MutableBytes(func(to []byte) { copy(to, data) }); err != nil {
			return fail("tensor %q: %v", name, err)
		}
		w.put(name, t)
	}
	if at != int64(len(body)) {
		return fail("it has %d bytes after its last tensor", int64(len(body))-at)
	}
	return w, metadata, nil
}

// size is the number of bytes that the entry's type and shape ask for.
func (h tensorHeader) size() (dtype dtypes.DType, bytes int64, ok bool) {
	for d, name := range safetensorsTypes {
		if name == h.DType {
			dtype, ok = d, true
		}
	}
	if !ok {
		return dtype, 0, false
	}
	bytes = int64(dtype.Size())
	for _, d := range h.Shape {
		if d < 0 || d > 0 && bytes > math.MaxInt64/int64(d) {
			return dtype, 0, false
		}
		bytes *= int64(d)
	}
	return dtype, bytes, bytes > 0
}
