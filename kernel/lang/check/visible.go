package check

import (
	"go/token"
	"go/types"
)

// visible returns the names that may be mentioned at a position, with what they mean
// there.
func (b *builder) visible(pos token.Pos) map[string]types.Object {
	names := map[string]types.Object{}
	add := func(n string, o types.Object) {
		if names[n] == nil && o != nil {
			names[n] = o
		}
	}
	for sc := b.innermost(pos); sc != nil && sc != b.pkg.Scope() && sc != types.Universe; sc = sc.Parent() {
		for _, n := range sc.Names() {
			if obj := sc.Lookup(n); obj.Pos() < pos {
				add(n, obj)
			}
		}
	}
	inFunc := within(b.funcRanges(), pos)
	for n, o := range b.own {
		if o.step < 0 || inFunc || b.steps[o.step].end <= pos {
			add(n, b.info.Defs[o.ident])
		}
	}
	for n := range b.kept {
		add(n, b.pkg.Scope().Lookup(n))
	}
	for spec, p := range b.pkgNames {
		if p.Name() != "." && p.Name() != "_" {
			add(p.Name(), b.pkgNames[spec])
		}
	}
	for _, spec := range b.dots {
		addExported(add, b.pkgNames[spec].Imported())
	}
	for n := range b.s.names {
		add(n, b.s.resolve(n))
	}
	for i := len(b.s.dots) - 1; i >= 0; i-- {
		addExported(add, b.s.dots[i].pkg)
	}
	for _, n := range types.Universe.Names() {
		add(n, types.Universe.Lookup(n))
	}
	return names
}

func addExported(add func(string, types.Object), pkg *types.Package) {
	for _, n := range pkg.Scope().Names() {
		if token.IsExported(n) {
			add(n, pkg.Scope().Lookup(n))
		}
	}
}

// innermost returns the smallest scope around a position.
func (b *builder) innermost(pos token.Pos) *types.Scope {
	var best *types.Scope
	for _, sc := range b.info.Scopes {
		if sc.Contains(pos) && (best == nil || sc.End()-sc.Pos() <= best.End()-best.Pos() && sc.Pos() >= best.Pos()) {
			best = sc
		}
	}
	return best
}
