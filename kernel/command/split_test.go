package command

import (
	"reflect"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, src string
		want      []part
	}{
		{"go alone", "x := 1\n", []part{{line: 1, src: "x := 1\n"}}},
		{"command alone", "%time f()", []part{{line: 1, name: "time", args: "f()"}}},
		{"indented", "  %who", []part{{line: 1, name: "who"}}},
		{"between", "x := 1\n%time f(x)\ny := 2\n", []part{{line: 1, src: "x := 1\n"}, {line: 2, name: "time", args: "f(x)"}, {line: 3, src: "y := 2\n"}}},
		{"shell", "!ls -l | wc", []part{{line: 1, name: "!", args: "ls -l | wc"}}},
		{"shell in the kernel's own directory", "!*go version", []part{{line: 1, name: "!*", args: "go version"}}},
		{"shell over two lines", "!echo a \\\n  b\nx", []part{{line: 1, name: "!", args: "echo a b"}, {line: 3, src: "x"}}},
		{"raw string", "s := `\n%time\n!ls\n`\n%who", []part{{line: 1, src: "s := `\n%time\n!ls\n`\n"}, {line: 5, name: "who"}}},
		{"comment", "/*\n%time\n*/\n%who", []part{{line: 1, src: "/*\n%time\n*/\n"}, {line: 4, name: "who"}}},
		{"open bracket", "f(\n!ok,\n)\n", []part{{line: 1, src: "f(\n!ok,\n)\n"}}},
		{"operator goes on", "x := a &&\n!b\n", []part{{line: 1, src: "x := a &&\n!b\n"}}},
		{"remainder", "x := 7\n%mem\n", []part{{line: 1, src: "x := 7\n"}, {line: 2, name: "mem"}}},
		{"function body", "func f() {\n%time\n}\n", []part{{line: 1, src: "func f() {\n%time\n}\n"}}},
		{"after a comment line", "// note\n%who\n", []part{{line: 1, src: "// note\n"}, {line: 2, name: "who"}}},
		{"after a command with an apostrophe", "!echo don't\nx := 1\n%who", []part{{line: 1, name: "!", args: "echo don't"}, {line: 2, src: "x := 1\n"}, {line: 3, name: "who"}}},
		{"gonb", "//gonb:%time f()\n// gonb:!ls", []part{{line: 1, name: "time", args: "f()"}, {line: 2, name: "!", args: "ls"}}},
		{"main", "func f() {}\n%%\nf()\n", []part{{line: 1, src: "func f() {}\n"}, {line: 2, cell: true, body: "f()\n"}}},
		{"main with flags", "%% -n=3\nf()", []part{{line: 1, cell: true, args: "-n=3", body: "f()"}}},
		{"gonb main", "%main\nf()", []part{{line: 1, cell: true, body: "f()"}}},
		{"bash", "%%bash -x\nls\n%foo", []part{{line: 1, name: "bash", args: "-x", cell: true, body: "ls\n%foo"}}},
		{"crlf", "%who\r\nx := 1\r\n", []part{{line: 1, name: "who"}, {line: 2, src: "x := 1\r\n"}}},
		{"empty", "", nil},
		{"percent alone is no command", "% \n", []part{{line: 1, src: "% \n"}}},
	}
	for _, tt := range tests {
		if got := split(tt.src); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: split(%q) =\n%+v, want\n%+v", tt.name, tt.src, got, tt.want)
		}
	}
}

// No text loses a line, and every part begins where it says.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"x\n%time\n`", "!a\\\nb", "%%\n", "/*\n%a\n*/ //gonb:%b\n%c", "\"\n%x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		last := 0
		for _, p := range split(src) {
			if p.line <= last {
				t.Fatalf("split(%q): a part on line %d follows one on line %d", src, p.line, last)
			}
			last = p.line
			if p.isCommand() == (p.src != "") {
				t.Fatalf("split(%q): %+v is neither Go nor a command", src, p)
			}
		}
	})
}

func TestGoKeepsLineNumbers(t *testing.T) {
	tests := []struct{ src, want string }{
		{"x := 1\n%time f()\ny := 2\n", "x := 1\n\ny := 2\n"},
		{"%who\nx", "\nx"},
		{"x", "x"},
		{"!ls", ""},
		{"%%bash\nls\n", "\n\n"},
	}
	for _, tt := range tests {
		if got := Go(tt.src); got != tt.want {
			t.Errorf("Go(%q) = %q, want %q", tt.src, got, tt.want)
		}
	}
}
