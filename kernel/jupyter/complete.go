package jupyter

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
)

// complete offers what may stand at the cursor. The kinds and types of the offers
// go along under the key that JupyterLab reads.
func (k *server) complete(r *request) (any, error) {
	var q completeRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	found := k.session.Complete(q.Code, clampCursor(q.Code, q.CursorPos))
	reply := completeReply{Status: "ok", Matches: []string{}, CursorStart: found.Start, CursorEnd: found.End}
	types := []map[string]any{}
	for _, c := range found.Candidates {
		reply.Matches = append(reply.Matches, c.Text)
		types = append(types, map[string]any{
			"text": c.Text, "type": c.Kind, "signature": c.Type, "start": found.Start, "end": found.End,
		})
	}
	reply.Metadata = map[string]any{"_jupyter_types_experimental": types}
	return reply, nil
}

// inspect describes what stands at the cursor.
func (k *server) inspect(r *request) (any, error) {
	var q inspectRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	found, ok := k.session.Inspect(q.Code, clampCursor(q.Code, q.CursorPos), q.DetailLevel)
	reply := inspectReply{Status: "ok", Found: ok, Data: map[string]any{}, Metadata: map[string]any{}}
	if ok {
		reply.Data = describeInspection(found)
	}
	return reply, nil
}

// isComplete says whether Enter should run the text.
func (k *server) isComplete(r *request) (any, error) {
	var q isCompleteRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	if _, _, ok := question(q.Code); ok {
		return isCompleteReply{Status: "complete"}, nil
	}
	s := k.session.IsComplete(command.Go(q.Code))
	return isCompleteReply{Status: s.Is.String(), Indent: strings.Repeat("\t", s.Indent)}, nil
}

// clampCursor keeps a client's cursor, in code points, inside the text.
func clampCursor(code string, cursor int) int {
	return min(max(cursor, 0), utf8.RuneCountInString(code))
}

// describeInspection makes the forms of an inspection: text, and HTML for a tooltip.
func describeInspection(in lang.Inspection) map[string]any {
	var text, page []string
	add := func(part, tag string) {
		if part = strings.TrimRight(part, "\n"); part != "" {
			text = append(text, part)
			page = append(page, "<pre>"+tag+html.EscapeString(part)+strings.Replace(tag, "<", "</", 1)+"</pre>")
		}
	}
	add(in.Signature, "<code>")
	add(in.Doc, "")
	add(in.Source, "<code>")
	add(strings.Join(in.Members, "\n"), "<code>")
	if in.Where != "" {
		add("from "+in.Where, "")
	}
	return map[string]any{kernel.TextPlain: strings.Join(text, "\n\n"), kernel.TextHTML: strings.Join(page, "\n")}
}
