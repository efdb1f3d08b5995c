package export

import (
	"encoding/json"
	"fmt"
	"go/types"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
)

// flagsHere stands among main's calls where the flags are read: behind the parameters.
const flagsHere = "\x00flags"

// flags notes the parameters that a cell defines.
func (x *exporter) flags(c *check.Cell) {
	for _, d := range c.Defs {
		if v, ok := d.Obj.(*types.Var); ok && flagKind(v.Type()) != "" {
			x.params = append(x.params, v)
		}
	}
	for i, call := range x.calls {
		if call == flagsHere {
			x.calls = append(x.calls[:i], x.calls[i+1:]...)
			break
		}
	}
	x.calls = append(x.calls, flagsHere)
}

// flagKind is the part of a function of package flag that names a type; "" for types without one.
func flagKind(t types.Type) string {
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time" && named.Obj().Name() == "Duration" {
		return "Duration"
	}
	b, ok := t.(*types.Basic)
	if !ok {
		return ""
	}
	return map[types.BasicKind]string{
		types.Bool: "Bool", types.Int: "Int", types.Int64: "Int64", types.Uint: "Uint", types.Uint64: "Uint64",
		types.Float64: "Float64", types.String: "String",
	}[b.Kind()]
}

// flagCalls are the statements that let flags set the parameters.
func (x *exporter) flagCalls() string {
	if len(x.params) == 0 {
		return ""
	}
	flag := x.names.std("flag")
	var b strings.Builder
	for _, v := range x.params {
		name := x.names.objects[v]
		fmt.Fprintf(&b, "%s.%sVar(&%s, %q, %s, \"the parameter %s\")\n", flag, flagKind(v.Type()), name, v.Name(), name, v.Name())
	}
	b.WriteString(flag + ".Parse()")
	if x.repeats != "" {
		fmt.Fprintf(&b, "\nif %s.NFlag() == 0 { // with other parameters they are other runs\n%s\n}", flag, x.repeats)
	}
	return b.String()
}

// repeat writes the function that makes runs repeat those of a record.
func (x *exporter) repeat(r Repeater, runs []json.RawMessage) {
	pkg, ok := x.names.imported(r.Path)
	if !ok {
		return
	}
	record, repeat := x.names.helper("record"), x.names.helper("repeatRuns")
	lines := make([]string, len(runs))
	for i, run := range runs {
		lines[i] = "\t" + strings.ReplaceAll(string(run), "`", `\u0060`)
	}
	fmt.Fprintf(&x.decls, `// %[1]s makes the runs repeat the recorded ones: each change that was made while they trained, at its step.
func %[1]s() {
	var runs []%[2]s.%[3]s
	if err := %[4]s.Unmarshal([]byte(%[5]s), &runs); err != nil {
		%[6]s.Fprintln(%[7]s.Stderr, err)
		%[7]s.Exit(1)
	}
	%[2]s.%[8]s(runs)
}

// %[5]s is what was recorded of each run.
const %[5]s = `+"`[\n%[9]s\n]`\n\n", repeat, pkg, r.Record, x.names.std("encoding/json"), record, x.names.std("fmt"), x.names.std("os"), r.Func, strings.Join(lines, ",\n"))
	x.repeats = repeat + "()"
}

// helpers are the functions that the program's own ones call.
func (x *exporter) helpers() string {
	var b strings.Builder
	if x.uses["show"] {
		fmt.Fprintf(&b, `// %[1]s prints the value of a cell as the session did: by its own text where it has several forms.
func %[1]s(values ...any) {
	for i, v := range values {
		if i > 0 {
			%[2]s.Print(", ")
		}
		if rich, ok := v.(interface{ MIMEBundle() map[string]any }); ok {
			if text, ok := rich.MIMEBundle()["text/plain"].(string); ok {
				v = %[3]s.TrimRight(text, "\n")
			}
		}
		%[2]s.Print(v)
	}
	%[2]s.Println()
}

`, x.names.helper("show"), x.names.std("fmt"), x.names.std("strings"))
	}
	if x.uses["try"] {
		fmt.Fprintf(&b, `// %[1]s ends the program with an error that nobody takes.
func %[1]s(err error) {
	if err != nil {
		%[2]s.Fprintln(%[3]s.Stderr, err)
		%[3]s.Exit(1)
	}
}

`, x.names.helper("try"), x.names.std("fmt"), x.names.std("os"))
	}
	return b.String()
}
