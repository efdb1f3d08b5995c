package jupyter

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// handler answers one type of request. A nil reply sends none; an error becomes a
// reply that says so.
type handler func(*server, *request) (reply any, err error)

// shellHandlers are the requests on the shell channel and its subshells.
var shellHandlers map[string]handler

// controlHandlers are the requests on the control channel, which are answered
// while a cell is busy.
var controlHandlers map[string]handler

func init() { // in init, since handlers reach dispatch
	shellHandlers = map[string]handler{
		"execute_request":     (*server).execute,
		"complete_request":    (*server).complete,
		"inspect_request":     (*server).inspect,
		"is_complete_request": (*server).isComplete,
		"history_request":     (*server).pastCells,
		"kernel_info_request": (*server).kernelInfo,
		"connect_request":     (*server).connect,
		"comm_info_request":   (*server).commInfo,
		"comm_open":           (*server).commOpen,
		"comm_msg":            (*server).commMsg,
		"comm_close":          (*server).commClose,
		"interrupt_request":   (*server).interrupt,
		"shutdown_request":    (*server).shutdown,
	}
	controlHandlers = map[string]handler{
		"kernel_info_request":     (*server).kernelInfo,
		"connect_request":         (*server).connect,
		"interrupt_request":       (*server).interrupt,
		"shutdown_request":        (*server).shutdown,
		"create_subshell_request": (*server).createSubshell,
		"delete_subshell_request": (*server).deleteSubshell,
		"list_subshell_request":   (*server).listSubshells,
	}
}

// dispatch answers one request: busy, what the handler publishes, its reply, idle.
func (k *server) dispatch(r *request, table map[string]handler) {
	r.out = newOutput(r.raw, k.publish)
	k.status(r.raw, "busy")
	if reply, err := k.call(table[r.header.MsgType], r); err != nil {
		k.reply(r, errorReply{"error", describe(err)})
	} else if reply != nil {
		k.reply(r, reply)
	}
	r.out.finish()
	k.status(r.raw, "idle")
	if r.after != nil {
		r.after()
	}
}

// call runs a handler. A panic in it is a fault of ours; it is told to the client
// and the log, and the kernel lives on.
func (k *server) call(h handler, r *request) (reply any, err error) {
	if h == nil {
		k.opts.Logf("%s: unknown message type %q", r.from.channel, r.header.MsgType)
		return nil, nil
	}
	if r.aborted && r.header.MsgType == "execute_request" {
		return statusReply{"aborted"}, nil
	}
	defer func() {
		if p := recover(); p != nil {
			k.opts.Logf("%s: panic: %v\n%s", r.header.MsgType, p, debug.Stack())
			err = fmt.Errorf("the kernel failed while it answered %s: %v", r.header.MsgType, p)
		}
	}()
	return h(k, r)
}

// reply answers a request on the channel that it came from.
func (k *server) reply(r *request, content any) {
	if !strings.HasSuffix(r.header.MsgType, "_request") {
		return // comm messages have no reply
	}
	k.emit(r.from, outgoing{
		msgType: strings.TrimSuffix(r.header.MsgType, "_request") + "_reply",
		parent:  r.raw, content: content,
	})
}

// decode reads a request's content.
func decode(r *request, into any) error {
	if err := json.Unmarshal(r.content, into); err != nil {
		return &malformedError{r.header.MsgType, err}
	}
	return nil
}

// malformedError is a request whose content has another shape than the protocol's.
type malformedError struct {
	msgType string
	err     error
}

func (e *malformedError) Error() string {
	var t *json.UnmarshalTypeError
	if errors.As(e.err, &t) && t.Field != "" {
		return fmt.Sprintf("%s: content.%s: %s in place of %s", e.msgType, t.Field, t.Value, t.Type)
	}
	return fmt.Sprintf("%s: content: %v", e.msgType, e.err)
}

func (e *malformedError) Unwrap() error { return e.err }
