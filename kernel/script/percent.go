package script

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	marker     = regexp.MustCompile(`^\s*//\s*%%(%*)\s(.*)$`)
	bareMarker = regexp.MustCompile(`^\s*//\s*(%%|<codecell>|In\[[0-9 ]*\]:?)\s*$`)
	kindMark   = regexp.MustCompile(`(^|\s)\[(markdown|md|raw)\]`)
)

func isMarker(line string) bool { return marker.MatchString(line) || bareMarker.MatchString(line) }

// IsPercent reports whether text has at least one cell marker of the percent format.
func IsPercent(text string) bool {
	for _, line := range splitText(text) {
		if isMarker(line) {
			return true
		}
	}
	return false
}

// ReadPercent reads a notebook from the text of a percent-format .go file. Text before the first marker is a code
// cell; a text without markers is one code cell. It fails only on a broken header.
func ReadPercent(text string) (*Notebook, error) {
	n := &Notebook{}
	ls := splitText(text)
	at, err := n.readHeader(ls, func(line string) (string, bool) { return uncomment(line), strings.HasPrefix(line, "//") })
	if err != nil {
		return nil, err
	}
	for at < len(ls) {
		c, next := readPercentCell(ls, at)
		n.Cells = append(n.Cells, c)
		at = next
	}
	return n, nil
}

// readPercentCell reads the cell that begins at line at and returns where the next one begins.
func readPercentCell(ls []string, at int) (*Cell, int) {
	c := &Cell{}
	begin := at
	if isMarker(ls[at]) {
		c.readMarker(ls[at])
		begin++
	}
	next := begin
	if begin == at {
		next++ // a first line that is no marker
	}
	for fence := ""; next < len(ls); next++ {
		if c.Kind != Code && inFence(&fence, ls, next) {
			continue // a fenced block of a markdown cell may show cell markers
		}
		if isMarker(ls[next]) {
			break
		}
	}
	end, gap := next, 0
	switch k := next - begin; {
	case k >= 3 && !blank(ls[next-3]) && blank(ls[next-2]) && blank(ls[next-1]):
		end, gap = next-2, 2
	case k >= 1 && ls[next-1] == "":
		end, gap = next-1, 1
	}
	if next == len(ls) {
		gap++ // the file's own final newline
	}
	if gap != 1 {
		c.gap = &gap
	}
	src := append([]string(nil), ls[begin:end]...)
	switch {
	case c.Kind != Code || !c.Active("go"):
		for i := range src {
			src[i] = uncomment(src[i])
		}
	case c.language() != "":
		for i := range src {
			src[i] = uncomment(src[i])
		}
		src = append([]string{c.takeLanguage()}, src...)
		begin--
	default:
		src = uncommentCommands(src)
	}
	c.Source = strings.Join(src, "\n")
	if len(src) > 0 {
		c.Line = begin + 1
	}
	return c, next
}

var fence = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")

// inFence follows fenced blocks in the comments of a markdown cell; a fence that nothing closes is no fence.
func inFence(open *string, ls []string, at int) bool {
	m := fence.FindStringSubmatch(uncomment(ls[at]))
	if *open != "" {
		if m != nil && closes(m, *open) {
			*open = ""
		}
		return true
	}
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return false
	}
	for _, line := range ls[at+1:] {
		if e := fence.FindStringSubmatch(uncomment(line)); e != nil && closes(e, m[1]) {
			*open = m[1]
			return true
		}
	}
	return false
}

func closes(m []string, open string) bool {
	return m[1][0] == open[0] && len(m[1]) >= len(open) && blank(m[2])
}

// readMarker reads the marker's line: depth, title, kind and options.
func (c *Cell) readMarker(line string) {
	m := marker.FindStringSubmatch(line)
	if m == nil {
		return
	}
	c.depth = len(m[1])
	text := m[2]
	if k := kindMark.FindStringSubmatchIndex(text); k != nil && !strings.Contains(text[:k[0]], "=") {
		switch text[k[4]:k[5]] {
		case "markdown":
			c.Kind = Markdown
		case "md":
			c.Kind, c.region = Markdown, "md"
		case "raw":
			c.Kind = Raw
		}
		c.Title = strings.TrimSpace(text[:k[0]])
		var rest string
		if rest, c.Options = parseOptions(text[k[1]:]); rest != "" {
			c.Title = strings.TrimSpace(c.Title + " " + rest)
		}
		return
	}
	c.Title, c.Options = parseOptions(text)
}

func (c *Cell) language() string {
	v, _ := c.Option("language")
	s, _ := v.(string)
	return s
}

// takeLanguage turns the options language and magic_args into the "%%bash -x" line they stand for.
func (c *Cell) takeLanguage() string {
	line := "%%" + c.language()
	var rest []Option
	for _, o := range c.Options {
		switch o.Key {
		case "language":
		case "magic_args":
			line += " " + fmt.Sprint(o.Value)
		default:
			rest = append(rest, o)
		}
	}
	c.Options = rest
	return line
}

// splitLanguage is the inverse of takeLanguage: "%%bash" and its lines become options and lines.
func splitLanguage(c *Cell, src []string) ([]string, []Option) {
	if c.Kind != Code || len(src) == 0 || mainLine.MatchString(src[0]) {
		return src, c.Options
	}
	magic, ok := strings.CutPrefix(src[0], "%%")
	if !ok {
		return src, c.Options
	}
	lang, args, _ := strings.Cut(magic, " ")
	if !cellLanguages[lang] {
		return src, c.Options
	}
	opts := append([]Option(nil), c.Options...)
	if args != "" {
		opts = append(opts, Option{"magic_args", args})
	}
	return src[1:], append(opts, Option{"language", lang})
}

// WritePercent returns the notebook as the text of a percent-format .go file. Outputs are left out. It fails when a
// cell holds a line that would read as the beginning of another cell.
func (n *Notebook) WritePercent() (string, error) {
	header, err := n.headerLines(".go", "percent")
	if err != nil {
		return "", err
	}
	out := append([]string(nil), n.Prefix...)
	for _, line := range header {
		out = append(out, comment(line))
	}
	if len(header) > 0 && len(n.Cells) > 0 {
		out = append(out, make([]string, or(n.headerGap, 1))...)
	}
	for i, c := range n.Cells {
		text, err := c.percent()
		if err != nil {
			return "", fmt.Errorf("cell %d: %w", i+1, err)
		}
		out = append(out, text...)
		gap := or(c.gap, 1)
		if i == len(n.Cells)-1 {
			gap-- // strings.Join below leaves the final newline to us
		}
		if gap > 0 {
			out = append(out, make([]string, gap)...)
		}
	}
	if len(out) == 0 {
		return "", nil
	}
	return strings.Join(out, "\n") + "\n", nil
}

// percent returns the cell's lines: marker and body.
func (c *Cell) percent() ([]string, error) {
	src, opts := splitLanguage(c, lines(c.Source))
	mark := "// %%" + strings.Repeat("%", c.depth)
	if c.Title != "" {
		mark += " " + c.Title
	}
	if c.Kind != Code {
		kind := c.region
		if kind == "" {
			kind = c.Kind.String()
		}
		mark += " [" + kind + "]"
	}
	if text := formatOptions(opts); text != "" {
		mark += " " + text
	}
	body := commentCommands(src)
	if c.Kind != Code || !c.Active("go") || len(opts) != len(c.Options) {
		for i := range src {
			body[i] = comment(src[i])
		}
	}
	if c.Source == "" {
		body = nil
	}
	open := ""
	for i, line := range body {
		if c.Kind != Code && inFence(&open, body, i) {
			continue
		}
		if isMarker(line) {
			return nil, fmt.Errorf("line %d, %q, would begin a new cell in a .go file; change it, or convert to .ipynb", i+1, line)
		}
	}
	return append([]string{mark}, body...), nil
}

func or(p *int, v int) int {
	if p != nil {
		return *p
	}
	return v
}
