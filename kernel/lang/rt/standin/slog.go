package standin

import (
	"log/slog"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"log/slog.Any":      func(key string, v any) slog.Attr { return slog.Any(key, logged(v)) },
	"log/slog.AnyValue": func(v any) slog.Value { return slog.AnyValue(logged(v)) },

	"log/slog.Debug": loggedArgs(slog.Debug), "log/slog.DebugContext": loggedArgs(slog.DebugContext),
	"log/slog.Info": loggedArgs(slog.Info), "log/slog.InfoContext": loggedArgs(slog.InfoContext),
	"log/slog.Warn": loggedArgs(slog.Warn), "log/slog.WarnContext": loggedArgs(slog.WarnContext),
	"log/slog.Error": loggedArgs(slog.Error), "log/slog.ErrorContext": loggedArgs(slog.ErrorContext),
	"log/slog.Log": loggedArgs(slog.Log), "log/slog.With": loggedArgs(slog.With), "log/slog.Group": loggedArgs(slog.Group),

	"(*log/slog.Logger).Debug": loggedArgs((*slog.Logger).Debug), "(*log/slog.Logger).DebugContext": loggedArgs((*slog.Logger).DebugContext),
	"(*log/slog.Logger).Info": loggedArgs((*slog.Logger).Info), "(*log/slog.Logger).InfoContext": loggedArgs((*slog.Logger).InfoContext),
	"(*log/slog.Logger).Warn": loggedArgs((*slog.Logger).Warn), "(*log/slog.Logger).WarnContext": loggedArgs((*slog.Logger).WarnContext),
	"(*log/slog.Logger).Error": loggedArgs((*slog.Logger).Error), "(*log/slog.Logger).ErrorContext": loggedArgs((*slog.Logger).ErrorContext),
	"(*log/slog.Logger).Log": loggedArgs((*slog.Logger).Log), "(*log/slog.Logger).With": loggedArgs((*slog.Logger).With),
})

// loggedArgs is f, whose last parameter is a ...any, with arguments that slog knows as values that log themselves.
func loggedArgs[F any](f F) F {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(in []reflect.Value) []reflect.Value {
		last := len(in) - 1
		args := make([]any, in[last].Len())
		for i := range args {
			args[i] = logged(in[last].Index(i).Interface())
		}
		in[last] = reflect.ValueOf(args)
		return v.CallSlice(in)
	}).Interface().(F)
}

// logged is x, as a slog.LogValuer when its type has the method LogValue.
func logged(x any) any {
	b := rt.B(x)
	if b.T == nil {
		return x
	}
	if f, ok := b.T.Func("LogValue").(func(any) slog.Value); ok {
		return logValuer{b, f}
	}
	return x
}

// logValuer is a slog.LogValuer of a cell.
type logValuer struct {
	rt.Box
	value func(any) slog.Value
}

func (l logValuer) LogValue() slog.Value { return l.value(l.V) }
