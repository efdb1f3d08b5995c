package data

import (
	"encoding/binary"
	"fmt"
	"math"
)

// unpickle reads a Python pickle of plain values: None, bool, int64, string (of str and of
// bytes), []any (of lists and tuples), map[string]any, and []byte of NumPy arrays of bytes;
// what lies in lists of lists stays in its own form. It calls nothing: of classes it knows NumPy's arrays alone. It returns an error, with the
// offset, for all else.
func unpickle(raw []byte) (value any, err error) {
	p := &pickle{raw: raw, memo: map[int]any{}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(pickleError)
			if !ok {
				panic(r)
			}
			value, err = nil, &FormatError{Offset: int64(p.at), Want: string(e), Remedy: fetchAgain}
		}
	}()
	return p.run(), nil
}

// pickle is the machine that a pickle is a program of.
type pickle struct {
	raw   []byte
	at    int
	stack []any
	marks []int
	memo  map[int]any
}

type (
	pickleError string
	global      string            // the name of a class or function
	list        struct{ v []any } // by reference, as the memo shares it
	array       struct{ raw []byte }
)

func (p *pickle) fail(format string, args ...any) { panic(pickleError(fmt.Sprintf(format, args...))) }

func (p *pickle) bytes(n int) []byte {
	if n < 0 || n > len(p.raw)-p.at {
		p.fail("want %d bytes more, found %d", n, len(p.raw)-p.at)
	}
	b := p.raw[p.at : p.at+n]
	p.at += n
	return b
}

func (p *pickle) number(n int) int {
	var b [8]byte
	copy(b[:], p.bytes(n))
	v := binary.LittleEndian.Uint64(b[:])
	if v > math.MaxInt32 && n != 4 || v > math.MaxUint32 {
		p.fail("a length of %d is not believable", v)
	}
	return int(v)
}

func (p *pickle) line() string {
	for i := p.at; i < len(p.raw); i++ {
		if p.raw[i] == '\n' {
			text := string(p.raw[p.at:i])
			p.at = i + 1
			return text
		}
	}
	p.fail("want a line, found the end")
	return ""
}

func (p *pickle) push(v any) { p.stack = append(p.stack, v) }

func (p *pickle) pop() any {
	if len(p.stack) == 0 {
		p.fail("want a value, found none")
	}
	v := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	return v
}

// since pops what was pushed after the last mark.
func (p *pickle) since() []any {
	if len(p.marks) == 0 || p.marks[len(p.marks)-1] > len(p.stack) {
		p.fail("want a mark, found none")
	}
	from := p.marks[len(p.marks)-1]
	p.marks = p.marks[:len(p.marks)-1]
	v := append([]any(nil), p.stack[from:]...)
	p.stack = p.stack[:from]
	return v
}

func (p *pickle) top() any {
	v := p.pop()
	p.push(v)
	return v
}

func (p *pickle) set(pairs []any) {
	m, ok := p.top().(map[string]any)
	if !ok || len(pairs)%2 != 0 {
		p.fail("want a dictionary, found %T", p.top())
	}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			p.fail("want a name as the key, found %T", pairs[i])
		}
		m[key] = pairs[i+1]
	}
}

func (p *pickle) extend(values []any) {
	l, ok := p.top().(*list)
	if !ok {
		p.fail("want a list, found %T", p.top())
	}
	l.v = append(l.v, values...)
}

func (p *pickle) run() any {
	for {
		switch op := p.bytes(1)[0]; op {
		case 0x80: // PROTO
			p.bytes(1)
		case 0x95: // FRAME
			p.bytes(8)
		case '.': // STOP
			return asGo(p.pop())
		case '(':
			p.marks = append(p.marks, len(p.stack))
		case 'N':
			p.push(nil)
		case 0x88, 0x89:
			p.push(op == 0x88)
		case 'K':
			p.push(int64(p.number(1)))
		case 'M':
			p.push(int64(p.number(2)))
		case 'J':
			p.push(int64(int32(binary.LittleEndian.Uint32(p.bytes(4)))))
		case 'U', 'C', 0x8c: // short strings
			p.push(string(p.bytes(p.number(1))))
		case 'T', 'X', 'B': // long ones
			p.push(string(p.bytes(p.number(4))))
		case 0x8d, 0x8e, 0x96:
			p.push(string(p.bytes(p.number(8))))
		case ']', ')':
			p.push(&list{})
		case 'l', 't':
			p.push(&list{p.since()})
		case 0x85, 0x86, 0x87: // tuples of 1 to 3
			n := int(op - 0x84)
			v := make([]any, n)
			for i := n - 1; i >= 0; i-- {
				v[i] = p.pop()
			}
			p.push(&list{v})
		case 'a':
			v := p.pop()
			p.extend([]any{v})
		case 'e':
			p.extend(p.since())
		case '}':
			p.push(map[string]any{})
		case 's':
			v, k := p.pop(), p.pop()
			p.set([]any{k, v})
		case 'u':
			p.set(p.since())
		case 'q':
			p.memo[p.number(1)] = p.top()
		case 'r':
			p.memo[p.number(4)] = p.top()
		case 0x94: // MEMOIZE
			p.memo[len(p.memo)] = p.top()
		case 'h', 'j':
			n := 1
			if op == 'j' {
				n = 4
			}
			v, ok := p.memo[p.number(n)]
			if !ok {
				p.fail("want a value met before, found none")
			}
			p.push(v)
		case 'c':
			module := p.line()
			p.push(global(module + "." + p.line()))
		case 0x93: // STACK_GLOBAL
			name, module := p.pop(), p.pop()
			p.push(global(fmt.Sprint(module, ".", name)))
		case 'R':
			args := p.pop()
			p.push(p.call(p.pop(), args))
		case 'b':
			state := p.pop()
			p.build(p.top(), state)
		default:
			p.fail("operation %#02x is none that a data set needs", op)
		}
	}
}

// call is what a function of NumPy's makes of arguments.
func (p *pickle) call(f, args any) any {
	name, _ := f.(global)
	l, ok := args.(*list)
	switch {
	case !ok:
	case name == "numpy.core.multiarray._reconstruct", name == "numpy._core.multiarray._reconstruct":
		return &array{}
	case (name == "numpy.core.numeric._frombuffer" || name == "numpy._core.numeric._frombuffer") && len(l.v) == 4:
		// (data, dtype, shape, order)
		if raw, ok := l.v[0].(string); ok && l.v[1] == any(global("numpy.dtype")) && l.v[3] == "C" {
			return &array{[]byte(raw)}
		}
	case name == "numpy.dtype" && len(l.v) > 0 && (l.v[0] == "u1" || l.v[0] == "uint8" || l.v[0] == "|u1"):
		return name
	case name == "_codecs.encode" && len(l.v) == 2: // bytes, as Python 3 writes them for Python 2
		if text, ok := l.v[0].(string); ok && l.v[1] == "latin1" {
			raw := make([]byte, 0, len(text))
			for _, r := range text {
				raw = append(raw, byte(r))
			}
			return string(raw)
		}
	}
	p.fail("%v is no array of bytes", f)
	return nil
}

// build gives an array its bytes: (version, shape, dtype, Fortran order, data).
func (p *pickle) build(v, state any) {
	l, ok := state.(*list)
	a, isArray := v.(*array)
	if !isArray {
		return // of a dtype: its details
	}
	if !ok || len(l.v) != 5 || l.v[3] != false {
		p.fail("want the state of an array in C order")
	}
	raw, ok := l.v[4].(string)
	if !ok || l.v[2] != any(global("numpy.dtype")) {
		p.fail("want an array of bytes")
	}
	a.raw = []byte(raw)
}

// asGo turns the machine's own types into Go's: of the value, and of a dictionary's values.
func asGo(v any) any {
	switch v := v.(type) {
	case *list:
		return v.v
	case *array:
		return v.raw
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			switch x := x.(type) {
			case *list:
				out[k] = x.v
			case *array:
				out[k] = x.raw
			default:
				out[k] = x
			}
		}
		return out
	}
	return v
}
