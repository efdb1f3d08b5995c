package script

import (
	"regexp"
	"strings"
)

// In a .go file a command ("%time f()", "!ls") stands behind "// ", so that the file stays Go. The two expressions
// are Jupytext's, so that it reads the same cells from the same file.
var (
	commandLine = regexp.MustCompile(`^(// |//)*(!|!\*|%|%%|%%%)[a-zA-Z]`)
	mainLine    = regexp.MustCompile(`^(//\s*)*(%%\s*|%%\s+-.*)$`)
	gonbMain    = regexp.MustCompile(`^((?://\s*)*)//\s*gonb:(%%\s*|%%\s+-.*)$`)
)

// cellLanguages are the languages of cells such as "%%bash", whose lines are all commented in a .go file. The list
// is the part of Jupytext's that does not need a kernel of its own.
var cellLanguages = map[string]bool{
	"R": true, "bash": true, "sh": true, "python": true, "python2": true, "python3": true, "javascript": true, "js": true,
	"perl": true, "html": true, "latex": true, "markdown": true, "ruby": true, "script": true, "svg": true,
}

// commentCommands returns a code cell's lines as a .go file holds them.
func commentCommands(src []string) []string {
	out := make([]string, len(src))
	var raw rawString
	for i, line := range src {
		inside := raw.inside
		raw.line(line)
		switch {
		case inside:
			out[i] = line
		case mainLine.MatchString(line):
			at := strings.Index(line, "%%")
			out[i] = line[:at] + "//gonb:" + line[at:]
		case commandLine.MatchString(line):
			out[i] = "// " + line
		default:
			out[i] = line
		}
	}
	return out
}

// uncommentCommands is the inverse of commentCommands.
func uncommentCommands(src []string) []string {
	out := make([]string, len(src))
	var raw rawString
	for i, line := range src {
		inside := raw.inside
		raw.line(line)
		out[i] = line
		switch {
		case inside:
		case gonbMain.MatchString(line):
			out[i] = gonbMain.ReplaceAllString(line, "$1$2")
		case commandLine.MatchString(line):
			out[i] = uncomment(line)
		}
	}
	return out
}

func comment(line string) string {
	if line == "" {
		return "//"
	}
	return "// " + line
}

// uncomment removes one "// " or "//" from the beginning of a line.
func uncomment(line string) string {
	if rest, ok := strings.CutPrefix(line, "// "); ok {
		return rest
	}
	return strings.TrimPrefix(line, "//")
}

// rawString follows Go's raw strings and block comments from line to line: what is inside is never a command.
type rawString struct {
	inside bool
	end    string // "`" or "*/" while inside
}

func (r *rawString) line(line string) {
	for i := 0; i < len(line); i++ {
		if r.inside {
			at := strings.Index(line[i:], r.end)
			if at < 0 {
				return
			}
			i += at + len(r.end) - 1
			r.inside = false
			continue
		}
		switch c := line[i]; {
		case c == '`':
			r.inside, r.end = true, "`"
		case c == '/' && strings.HasPrefix(line[i:], "/*"):
			r.inside, r.end = true, "*/"
			i++
		case c == '/' && strings.HasPrefix(line[i:], "//"):
			return
		case i == 0 && (c == '!' || c == '%'):
			return // a command, not Go
		case c == '"' || c == '\'':
			for i++; i < len(line) && line[i] != c; i++ {
				if line[i] == '\\' {
					i++
				}
			}
		}
	}
}
