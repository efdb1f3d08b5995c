package script

import (
	"fmt"
	"regexp"
	"strings"
)

// Markdown files are Jupytext's: ```go fences are code cells, what lies between is text. Two blank lines part two
// text cells; a text cell that could be misread stands between <!-- #region --> and <!-- #endregion -->.
var (
	langFence  = regexp.MustCompile("^(```+)([A-Za-z0-9]+)($|\\s.*$)")
	regionOpen = regexp.MustCompile(`^<!--\s*#(region|raw|md|markdown)(\s.*?)?\s*-->\s*$`)
)

// ReadMarkdown reads a notebook from a Markdown text. It fails on a broken header and on a fence or region that
// nothing closes.
func ReadMarkdown(text string) (*Notebook, error) {
	n := &Notebook{}
	ls := splitText(text)
	at, err := n.readHeader(ls, func(line string) (string, bool) { return line, true })
	if err != nil {
		return nil, err
	}
	for at < len(ls) {
		c, next, err := readMarkdownCell(ls, at)
		if err != nil {
			return nil, err
		}
		n.Cells = append(n.Cells, c)
		at = next
	}
	return n, nil
}

func readMarkdownCell(ls []string, at int) (*Cell, int, error) {
	c := &Cell{Line: at + 1}
	end, next := at, at
	switch {
	case cellFence(ls[at]) != nil:
		m := cellFence(ls[at])
		end = find(ls, at+1, func(s string) bool { return strings.TrimRight(s, " \t") == m[1] })
		if end < 0 {
			return nil, 0, fmt.Errorf("line %d: nothing closes %s; add a line %s after the cell", at+1, ls[at], m[1])
		}
		src := append([]string(nil), ls[at+1:end]...)
		var opts []Option
		if c.Title, opts = parseOptions(m[3]); c.Title != "" {
			c.Title, opts = "", parseKeyValues(m[3]) // a fence has no title before its options
		}
		for _, o := range opts {
			if s, ok := o.Value.(string); ok && o.Key == "title" && c.Title == "" && goodTitle(s) {
				c.Title = s
				continue
			}
			c.Options = append(c.Options, o)
		}
		c.Line = at + 2
		if m[2] != "go" {
			c.Options = append(c.Options, Option{"language", m[2]})
			src = append([]string{c.takeLanguage()}, src...)
			c.Line--
		}
		c.Source, next = strings.Join(src, "\n"), end+1
	case regionOpen.MatchString(ls[at]):
		m := regionOpen.FindStringSubmatch(ls[at])
		word := "end" + m[1]
		end = find(ls, at+1, func(s string) bool { return regexp.MustCompile(`^<!--\s*#` + word + `\s*-->\s*$`).MatchString(s) })
		if end < 0 {
			return nil, 0, fmt.Errorf("line %d: nothing closes %s; add a line <!-- #%s --> after the cell", at+1, ls[at], word)
		}
		c.Kind = Markdown
		if m[1] == "raw" {
			c.Kind = Raw
		}
		if m[1] == "md" {
			c.region = "md"
		}
		c.Title, c.Options = parseOptions(m[2])
		c.Source, c.Line, next = strings.Join(ls[at+1:end], "\n"), at+2, end+1
	default:
		c.Kind = Markdown
		for next < len(ls) && cellFence(ls[next]) == nil && !regionOpen.MatchString(ls[next]) {
			if next > at && ls[next] == "" && next+1 < len(ls) && ls[next+1] == "" {
				break // two blank lines part two texts
			}
			next++
		}
		end = next
		gap := 0
		for end > at+1 && ls[end-1] == "" {
			end--
			gap++
		}
		for next < len(ls) && ls[next] == "" {
			next++
			gap++
		}
		c.Source = strings.Join(ls[at:end], "\n")
		want := 1
		if next < len(ls) && cellFence(ls[next]) == nil && !regionOpen.MatchString(ls[next]) {
			want = 2
		}
		if next == len(ls) {
			gap++
		}
		if gap != want {
			gap -= want - 1
			c.gap = &gap
		}
		return c, next, nil
	}
	gap := 0
	for next < len(ls) && ls[next] == "" && gap < 2 {
		next++
		gap++
	}
	if next == len(ls) {
		gap++
	}
	if gap != 1 {
		c.gap = &gap
	}
	return c, next, nil
}

// cellFence returns the parts of a line that opens a code cell: fence, language, options.
func cellFence(line string) []string {
	m := langFence.FindStringSubmatch(line)
	if m == nil || m[2] != "go" && !cellLanguages[m[2]] {
		return nil
	}
	return m
}

func find(ls []string, from int, is func(string) bool) int {
	for i := from; i < len(ls); i++ {
		if is(ls[i]) {
			return i
		}
	}
	return -1
}

// WriteMarkdown returns the notebook as Markdown. Outputs are left out. It fails when a cell cannot be written so
// that it would be read back as it is.
func (n *Notebook) WriteMarkdown() (string, error) {
	header, err := n.headerLines(".md", "markdown")
	if err != nil {
		return "", err
	}
	out := append(append([]string(nil), n.Prefix...), header...)
	if len(header) > 0 && len(n.Cells) > 0 {
		out = append(out, make([]string, or(n.headerGap, 1))...)
	}
	plain := make([]bool, len(n.Cells))
	for i, c := range n.Cells {
		plain[i] = c.plainText()
	}
	for i, c := range n.Cells {
		text, err := c.markdown(plain[i])
		if err != nil {
			return "", fmt.Errorf("cell %d: %w", i+1, err)
		}
		out = append(out, text...)
		gap := or(c.gap, 1)
		if plain[i] && i+1 < len(n.Cells) {
			gap = max(gap, 1)
			if plain[i+1] {
				gap++
			}
		}
		if i == len(n.Cells)-1 {
			gap--
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

// plainText reports whether a text cell can stand without region marks.
func (c *Cell) plainText() bool {
	if c.Kind != Markdown || c.Title != "" || c.region != "" || formatOptions(c.Options) != "" {
		return false
	}
	ls := lines(c.Source)
	for i, line := range ls {
		if cellFence(line) != nil || regionOpen.MatchString(line) || line == "" && (i == 0 || i == len(ls)-1 || ls[i-1] == "") {
			return false
		}
	}
	return true
}

func (c *Cell) markdown(plain bool) ([]string, error) {
	src, opts := splitLanguage(c, lines(c.Source))
	if c.Kind == Code {
		lang := "go"
		if len(opts) != len(c.Options) {
			lang = opts[len(opts)-1].Value.(string) // splitLanguage puts it last
			opts = opts[:len(opts)-1]
		}
		if c.Title != "" {
			opts = append(opts[:len(opts):len(opts)], Option{"title", c.Title})
		}
		ticks := "```"
		for _, line := range src {
			for strings.HasPrefix(line, ticks) {
				ticks += "`"
			}
		}
		open := ticks + lang
		if text := formatOptions(opts); text != "" {
			open += " " + text
		}
		return append(append([]string{open}, src...), ticks), nil
	}
	if plain {
		return src, nil
	}
	word := "region"
	if c.Kind == Raw {
		word = "raw"
	} else if c.region != "" {
		word = c.region
	}
	open := "#" + word
	if c.Title != "" {
		open += " " + c.Title
	}
	if text := formatOptions(opts); text != "" {
		open += " " + text
	}
	end := regexp.MustCompile(`^<!--\s*#end` + word + `\s*-->\s*$`)
	for i, line := range src {
		if end.MatchString(line) {
			return nil, fmt.Errorf("line %d, %q, would end the cell in a Markdown file; change it, or convert to .ipynb", i+1, line)
		}
	}
	if c.Source == "" {
		src = nil
	}
	return append(append([]string{"<!-- " + open + " -->"}, src...), "<!-- #end"+word+" -->"), nil
}
