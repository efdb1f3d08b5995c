package watch

import (
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/script"
)

// Version is one state of a script, checked.
type Version struct {
	Notebook *script.Notebook
	Name     string
	Format   script.Format
	cells    []*cell
}

// cell is a cell that runs, with what the type checker knows of it.
type cell struct {
	index   int    // in the notebook
	key     string // its text, as far as it matters
	opaque  bool   // it holds a command whose effects are not known
	forgets bool   // it holds a command that takes definitions away

	own     map[types.Object]bool // what it defines itself
	defines map[string]string     // name → path of an import, else ""
	reads   map[string]bool
	writes  map[string]bool
	touches map[string]bool
	imports map[string]string // what it mentions: name → path
	free    map[string]bool

	ran    bool
	id     int               // of its last run
	inputs map[string]string // where what it reads came from, when it ran
}

// transparent are commands that change nothing but by the Go that they hold, which is checked.
var transparent = []string{
	"", "time", "timeit", "prof", "who", "whos", "list", "help", "history", "doc", "source", "type", "mem", "page", "plot", "watch",
	"runs", "panel", "debug", "clear", "pwd", "capture", "version",
}

// Read checks a notebook and finds out what its cells depend on. The error is that of checking it.
func Read(p lang.Packages, opts lang.Options, n *script.Notebook, name string, f script.Format) (*Version, error) {
	k, err := command.NewChecker(p, opts)
	if err != nil {
		return nil, err
	}
	v := &Version{Notebook: n, Name: name, Format: f}
	at := map[int]*cell{} // by index
	for i, c := range n.Cells {
		if c.Runs() {
			cl := &cell{
				index: i, key: words(c.Source), own: map[types.Object]bool{}, defines: map[string]string{}, reads: map[string]bool{}, writes: map[string]bool{}, touches: map[string]bool{},
				imports: map[string]string{}, free: map[string]bool{},
			}
			at[i] = cl
			v.cells = append(v.cells, cl)
		}
	}
	known := map[types.Object]*effects{}
	k.Commanded = func(i int, _, name string) {
		c := at[i]
		c.key = n.Cells[i].Source // its blanks and comments may be the command's
		c.opaque = c.opaque || !slices.Contains(transparent, name)
		c.forgets = c.forgets || name == "reset" || name == "rm"
	}
	k.Checked = func(piece command.Piece) { at[piece.Cell].take(piece.Go, known) }
	if err := k.Check(n, name, f); err != nil {
		return nil, err
	}
	return v, nil
}

// take adds a piece of Go to what is known of its cell.
func (c *cell) take(piece *check.Cell, known map[types.Object]*effects) {
	e := effectsOf(piece, known)
	for _, d := range piece.Defs {
		path := ""
		if p, ok := d.Obj.(*types.PkgName); ok {
			path = p.Imported().Path()
		}
		c.own[d.Obj] = true
		c.defines[d.Name] = path
		if base, _, ok := strings.Cut(d.Name, "."); ok && d.Kind == check.Method {
			c.touches[base] = true // what prints a value of the type may call the method
		}
	}
	names := func(to map[string]bool, objects map[types.Object]bool) {
		for o := range objects {
			if !c.own[o] {
				to[nameOf(o)] = true
			}
		}
	}
	names(c.reads, e.reads)
	names(c.writes, e.writes)
	names(c.touches, e.touches)
	maps.Copy(c.imports, e.imports)
	maps.Copy(c.free, e.free)
}

// nameOf is the name under which a session knows an object.
func nameOf(o types.Object) string {
	f, ok := o.(*types.Func)
	if !ok {
		return o.Name()
	}
	sig, ok := f.Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return o.Name()
	}
	t := types.Unalias(sig.Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + o.Name()
	}
	return o.Name()
}

// words is Go source without what changes nothing: comments, blanks, and the way lines end.
func words(src string) string {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), func(token.Position, string) {}, 0)
	var b strings.Builder
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return strings.TrimRight(b.String(), ";\n")
		}
		if tok == token.SEMICOLON || lit == "" {
			lit = tok.String()
		}
		b.WriteString(lit + "\n")
	}
}
