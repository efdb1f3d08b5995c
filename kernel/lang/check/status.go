package check

// Completeness says whether a cell can be run as it is.
type Completeness int

const (
	Complete   Completeness = iota // can be run; it may still fail the type check
	Incomplete                     // needs more text: an open bracket, string or comment, an operator without its operand
	Invalid                        // no further text makes it right
)

// String returns "complete", "incomplete" or "invalid", Jupyter's words.
func (c Completeness) String() string {
	return [...]string{"complete", "incomplete", "invalid"}[c]
}

// Status is what a front end needs to know when Enter is pressed.
type Status struct {
	Is     Completeness
	Indent int // tabs to indent the next line by, when incomplete
}

// StatusOf says whether a cell is complete.
func StatusOf(src string) Status {
	s := parse("", src)
	if len(s.diags.List) == 0 && len(s.scan.open) == 0 {
		return Status{Is: Complete}
	}
	for _, d := range s.diags.List {
		if !s.scan.ended && d.Msg == "expected 1 expression" {
			continue // a list of operands that ends in a comma; reported at its start
		}
		if d.offset < s.scan.end && !(s.scan.more && d.offset >= s.scan.lastToken) {
			return Status{Is: Invalid}
		}
	}
	switch {
	case s.scan.more:
		return Status{Is: Incomplete}
	case len(s.scan.open) > 0:
		return Status{Incomplete, s.scan.indent(src)}
	case s.scan.ended:
		return Status{Is: Invalid}
	}
	return Status{Incomplete, s.scan.indent(src) + 1}
}

// indent is the number of lines that have a bracket still open, as gofmt indents.
func (r *scanned) indent(src string) int {
	n, last := 0, -1
	for _, b := range r.open {
		start := b.offset
		for start > 0 && src[start-1] != '\n' {
			start--
		}
		if start != last {
			n++
			last = start
		}
	}
	return n
}
