package jupyter

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
)

// settle is how long a failed cell waits before it says so. What arrives until
// then was sent by a client that could not know of the error ("run all cells"
// sends every cell at once), and is aborted; whatever comes later is not.
const settle = 10 * time.Millisecond

// execute runs a cell.
func (k *server) execute(r *request) (any, error) {
	var q executeRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	store := !q.Silent && (q.StoreHistory == nil || *q.StoreHistory)
	fe := &frontend{k: k, out: r.out, from: r.from, allowStdin: q.AllowStdin == nil || *q.AllowStdin, ctx: k.ctx}
	var end context.CancelCauseFunc
	ctx := context.WithValue(k.comms.context(k.ctx), outputKey{}, r.out)
	res, err := k.session.Run(ctx, kernel.Input{Src: q.Code, Lane: r.shell.id, Silent: !store}, fe, func(c *kernel.Cell) (kernel.Result, error) {
		fe.cell = c
		fe.ctx, end = context.WithCancelCause(c.Context())
		k.current.Store(fe)
		k.order(c, q.Code)
		defer k.drainGoNB()
		if !q.Silent {
			r.out.send("execute_input", executeInput{q.Code, k.count(c.Count())})
		}
		if store && k.opts.Notice != "" {
			k.greeting.Do(func() { fe.Display("", kernel.Bundle{kernel.TextPlain: k.opts.Notice}) })
		}
		if name, detail, ok := question(q.Code); ok {
			return kernel.Result{}, k.page(fe, name, detail)
		}
		return k.commands.Run(c, q.Code)
	})
	if end != nil {
		end(errEnded) // a question that is still open is withdrawn
	}
	r.out.finish()
	count := k.count(res.Count)
	if store {
		k.history.add(count, q.Code, res.Shown.Text())
	}
	if err != nil {
		if !q.Silent && (q.StopOnError == nil || *q.StopOnError) {
			select {
			case <-time.After(settle):
			case <-k.ctx.Done():
			}
			r.shell.abort()
		}
		failed := describe(err)
		if !q.Silent {
			r.out.send("error", failed)
		}
		return executeReply{
			Status: "error", ExecutionCount: count, errorContent: failed,
			Payload: []map[string]any{}, UserExpressions: map[string]expressionItem{},
		}, nil
	}
	if res.Shown != nil && !q.Silent {
		r.out.send("execute_result", executeResult{count, res.Shown.JSON(), map[string]any{}})
	}
	return executeReply{
		Status: "ok", ExecutionCount: count, Payload: fe.takePayloads(),
		UserExpressions: k.expressions(r.shell.id, q.UserExpressions),
	}, nil
}

// count is the execution count to report: that of the last counted cell for a cell
// that is not counted.
func (k *server) count(of int) int {
	if of == 0 {
		return k.session.Next() - 1
	}
	return of
}

// expressions evaluates what a client wants to know beside the cell.
func (k *server) expressions(lane string, of map[string]string) map[string]expressionItem {
	items := map[string]expressionItem{}
	for name, src := range of {
		res, err := k.session.Run(k.ctx, kernel.Input{Src: src, Name: name, Lane: lane, Silent: true}, kernel.Discard,
			func(c *kernel.Cell) (kernel.Result, error) { return c.Go(src, 1) })
		if err == nil && res.Shown == nil {
			err = errors.New("this expression has no value")
		}
		if err != nil {
			items[name] = expressionItem{Status: "error", errorContent: describe(err)}
			continue
		}
		items[name] = expressionItem{Status: "ok", Data: res.Shown.JSON(), Metadata: map[string]any{}}
	}
	return items
}

var questionForm = regexp.MustCompile(`^\s*(\?{0,2})\s*([\pL_][\pL\pN_]*(?:\.[\pL_][\pL\pN_]*)*)\s*(\?{0,2})\s*$`)

// question recognises a cell that asks about a name: "name?", "name??", "?name".
func question(src string) (name string, detail int, ok bool) {
	m := questionForm.FindStringSubmatch(src)
	if m == nil || (m[1] == "") == (m[3] == "") {
		return "", 0, false
	}
	return m[2], len(m[1]+m[3]) - 1, true
}

// page shows what is known about a name in the client's pager.
func (k *server) page(fe *frontend, name string, detail int) error {
	found, ok := k.session.Inspect(name, utf8.RuneCountInString(name), detail)
	if !ok {
		return fmt.Errorf("%s: nothing is known about this name", name)
	}
	fe.pay(map[string]any{"source": "page", "start": 0, "data": describeInspection(found)})
	return nil
}

// describe puts an error into the protocol's words: the name of its kind, its text,
// and lines to show, which are those that a terminal shows.
func describe(err error) *errorContent {
	text := strings.TrimRight(err.Error(), "\n")
	c := &errorContent{Name: "Error", Value: text}
	var diagnostics *lang.Diagnostics
	var panicked *lang.Panic
	var malformed *malformedError
	switch {
	case errors.As(err, &diagnostics):
		c.Name = "CompileError"
		if len(diagnostics.List) > 0 {
			c.Value = diagnostics.List[0].Error()
		}
	case kernel.Interrupted(err) || errors.Is(err, context.Canceled):
		c.Name = "Interrupted"
	case errors.As(err, &panicked):
		c.Name = "Panic"
		if _, value, ok := strings.Cut(panicked.Error(), "panic: "); ok {
			c.Value = value
		}
	case errors.As(err, &malformed):
		c.Name = "BadRequest"
	}
	c.Traceback = strings.Split(text, "\n")
	return c
}
