package standin

import (
	"fmt"
	"io"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"fmt.Scan":    func(a ...any) (int, error) { return fmt.Fscan(rt.Stdin, targets(a)...) },
	"fmt.Scanln":  func(a ...any) (int, error) { return fmt.Fscanln(rt.Stdin, targets(a)...) },
	"fmt.Scanf":   func(f string, a ...any) (int, error) { return fmt.Fscanf(rt.Stdin, f, targets(a)...) },
	"fmt.Sscan":   func(s string, a ...any) (int, error) { return fmt.Sscan(s, targets(a)...) },
	"fmt.Sscanln": func(s string, a ...any) (int, error) { return fmt.Sscanln(s, targets(a)...) },
	"fmt.Sscanf":  func(s, f string, a ...any) (int, error) { return fmt.Sscanf(s, f, targets(a)...) },
	"fmt.Fscan":   func(r io.Reader, a ...any) (int, error) { return fmt.Fscan(r, targets(a)...) },
	"fmt.Fscanln": func(r io.Reader, a ...any) (int, error) { return fmt.Fscanln(r, targets(a)...) },
	"fmt.Fscanf":  func(r io.Reader, f string, a ...any) (int, error) { return fmt.Fscanf(r, f, targets(a)...) },
})

// targets are the pointers to scan into: a box's own pointer, which has the kind
// that counts, unless its type scans itself.
func targets(a []any) []any {
	out := make([]any, len(a))
	for i, x := range a {
		b := rt.B(x)
		out[i] = b.V
		if b.T == nil {
			continue
		}
		if f, ok := b.T.Func("Scan").(func(any, fmt.ScanState, rune) error); ok {
			out[i] = scanner{b, f}
		}
	}
	return out
}

// scanner is a fmt.Scanner of a cell.
type scanner struct {
	rt.Box
	scan func(any, fmt.ScanState, rune) error
}

func (s scanner) Scan(st fmt.ScanState, verb rune) error { return s.scan(s.V, st, verb) }
