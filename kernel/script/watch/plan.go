package watch

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/script"
)

// State is what has run so far of a script that keeps changing. The zero value is that of an empty session.
type State struct {
	cells []*cell
	live  map[string]string // name → where its present value comes from
	runs  int
}

// Empty reports whether no version has been planned for.
func (s *State) Empty() bool { return s.cells == nil }

// Plan is what is to run of a version, so that the session is as if all of it had run.
type Plan struct {
	Fresh   bool     // everything runs, in a session that knows nothing
	Forget  []string // names that are to go: the version does not define them
	Steps   []Step
	Dropped []int // runs of cells, by their numbers, that are gone or will be repeated
	state   *State
	version *Version
}

// Step is a cell that is to run.
type Step struct {
	Cell   int      // its index in the notebook
	Number int      // of this run of it
	Forget []string // names that mean something else to the cell than to the session
	cell   *cell
}

// origin is where the value of a name comes from: the cells that made it, in order.
type origin struct {
	cells []*cell
	text  string // the same for the same runs of cells
}

func (o origin) and(c *cell) origin {
	return origin{append(slices.Clip(o.cells), c), o.text + fmt.Sprintf(" %d", c.id)}
}

// world stands for all that a command may change, and that names do not tell; every cell may depend on it. anything
// is what a command may depend on.
const world, anything = "%", "*"

// Plan compares a version with what has run. From then on the version is what the state is about.
func (s *State) Plan(v *Version) *Plan {
	p := &Plan{state: s, version: v}
	kept := map[*cell]bool{}
	for _, pair := range common(s.cells, v.cells) {
		was, is := pair[0], pair[1]
		is.ran, is.id, is.inputs = was.ran, was.id, was.inputs
		kept[was] = true
	}
	again := map[*cell]bool{}
	forgets := false
	for _, c := range v.cells {
		again[c] = !c.ran
		forgets = forgets || c.forgets
	}
	for _, c := range s.cells {
		forgets = forgets || c.forgets
	}
	p.spread(again)
	some := len(kept) < len(s.cells)
	for _, c := range v.cells {
		some = some || again[c]
	}
	if p.Fresh = forgets && some; p.Fresh {
		for _, c := range v.cells {
			again[c] = true
		}
	}
	p.number(again)
	return p
}

// spread finds the cells that have to run besides those that are known to.
func (p *Plan) spread(again map[*cell]bool) {
	for size := -1; size != count(again); {
		size = count(again)
		for c := range again {
			if again[c] {
				c.id = -1 - c.index // of a run that is to come
			}
		}
		// Forwards: a cell whose inputs come from elsewhere than they did.
		strict, all := map[string]origin{}, map[string]origin{}
		before := make([]map[string]origin, len(p.version.cells))
		for i, c := range p.version.cells {
			before[i] = maps.Clone(strict)
			if !again[c] && !maps.Equal(c.inputs, c.from(all)) {
				again[c] = true
			}
			c.act(strict, all)
		}
		if size != count(again) {
			continue // the cells that are new here have no number yet
		}
		// Backwards: what a cell reads has to be what it was before the cell first ran.
		live := copied(p.state.live)
		for _, name := range p.version.gone(live) {
			delete(live, name)
		}
		restore := func(name string, want origin) {
			if live[name] != want.text {
				for _, c := range want.cells {
					again[c] = true
				}
			}
		}
		for i, c := range p.version.cells {
			if !again[c] {
				continue
			}
			for name := range c.reads {
				if want, ok := before[i][name]; ok {
					restore(name, want)
				}
			}
			for name, path := range c.imports {
				if want, ok := before[i][name]; ok && want.text == importOf(path) {
					restore(name, want)
				}
			}
			for _, name := range c.hidden(live) {
				delete(live, name)
			}
			c.leave(live)
		}
		for name, want := range strict {
			restore(name, want)
		}
	}
}

// copied is a copy of a map, and never nil.
func copied(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	maps.Copy(c, m)
	return c
}

func count(set map[*cell]bool) (n int) {
	for _, in := range set {
		if in {
			n++
		}
	}
	return n
}

func importOf(path string) string { return "import " + path }

// act changes where names come from as running the cell does: strictly, and with all that it may change.
func (c *cell) act(strict, all map[string]origin) {
	for name := range c.touches {
		if o, ok := all[name]; ok {
			all[name] = o.and(c)
		}
	}
	for name := range c.writes {
		if o, ok := strict[name]; ok {
			strict[name] = o.and(c)
		}
		if o, ok := all[name]; ok && !c.touches[name] {
			all[name] = o.and(c)
		}
	}
	for name, path := range c.defines {
		o := origin{}.and(c)
		if path != "" {
			o = origin{[]*cell{c}, importOf(path)}
		}
		strict[name], all[name] = o, o
	}
	if c.opaque {
		all[world] = all[world].and(c)
	}
	all[anything] = all[anything].and(c)
}

// leave changes where the session's values come from.
func (c *cell) leave(live map[string]string) {
	for name := range c.writes {
		if _, ok := live[name]; ok {
			live[name] += fmt.Sprintf(" %d", c.id)
		}
	}
	for name, path := range c.defines {
		live[name] = fmt.Sprintf(" %d", c.id)
		if path != "" {
			live[name] = importOf(path)
		}
	}
}

// from tells where what the cell reads comes from.
func (c *cell) from(all map[string]origin) map[string]string {
	inputs := map[string]string{world: all[world].text}
	for name := range c.reads {
		inputs[name] = all[name].text
	}
	if c.opaque {
		inputs[anything] = all[anything].text
	}
	return inputs
}

// hidden are names that the cell takes for a package or for something predeclared, and the session for what a cell has
// defined since.
func (c *cell) hidden(live map[string]string) (names []string) {
	for name, path := range c.imports {
		if now, ok := live[name]; ok && now != importOf(path) {
			names = append(names, name)
		}
	}
	for name := range c.free {
		if _, ok := live[name]; ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// gone are the names of the session that a version does not define. With a method goes its type, to be declared without.
func (v *Version) gone(live map[string]string) (names []string) {
	defined := map[string]bool{}
	for _, c := range v.cells {
		for name := range c.defines {
			defined[name] = true
		}
	}
	for name := range live {
		if defined[name] {
			continue
		}
		names = append(names, name)
		if base, _, ok := strings.Cut(name, "."); ok && defined[base] {
			names = append(names, base)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// number gives the cells that are to run their numbers, and lists them.
func (p *Plan) number(again map[*cell]bool) {
	s := p.state
	stay := map[int]bool{}
	for _, c := range p.version.cells {
		if again[c] {
			s.runs++
			c.id, c.ran = s.runs, false
		} else {
			stay[c.id] = true
		}
	}
	for _, c := range s.cells {
		if !stay[c.id] {
			p.Dropped = append(p.Dropped, c.id)
		}
	}
	live := copied(s.live)
	if p.Fresh {
		clear(live)
	}
	p.Forget = p.version.gone(live)
	for _, name := range p.Forget {
		delete(live, name)
	}
	s.live = maps.Clone(live)
	strict, all := map[string]origin{}, map[string]origin{}
	for _, c := range p.version.cells {
		c.inputs = c.from(all)
		if again[c] {
			step := Step{Cell: c.index, Number: c.id, Forget: c.hidden(live), cell: c}
			for _, name := range step.Forget {
				delete(live, name)
			}
			c.leave(live)
			p.Steps = append(p.Steps, step)
		}
		c.act(strict, all)
	}
	s.cells = p.version.cells
}

// Ran notes that a step of the plan has run, or has failed on the way.
func (p *Plan) Ran(step Step, failed bool) {
	for _, name := range step.Forget {
		delete(p.state.live, name)
	}
	step.cell.leave(p.state.live)
	step.cell.ran = !failed
}

// common pairs the cells of two versions that have the same text, in order: the longest such sequence.
func common(a, b []*cell) (pairs [][2]*cell) {
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i].key == b[j].key {
				best[i][j] = max(best[i][j], best[i+1][j+1]+1)
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].key == b[j].key:
			pairs = append(pairs, [2]*cell{a[i], b[j]})
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// Concerns reports whether a newer version differs at a step of the plan or above it.
func (p *Plan) Concerns(newer *Version, step Step) bool {
	for i, c := range p.version.cells {
		if i >= len(newer.cells) || newer.cells[i].key != c.key {
			return true
		}
		if c == step.cell {
			return false
		}
	}
	return true
}

// Version is what the plan is for.
func (p *Plan) Version() *Version { return p.version }

// String says what the plan runs: "x.go: 2 of 5 cells run again, from line 12".
func (p *Plan) String() string {
	v := p.version
	if len(p.Steps) == 0 {
		return v.Name + ": no cell has to run again"
	}
	name, line := script.Place(v.Notebook, p.Steps[0].Cell, v.Name, v.Format)
	from := name
	if name == v.Name {
		from = fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("%s: %d of %d cells run again, from %s", v.Name, len(p.Steps), len(v.cells), from)
}
