package widgets

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Interaction is a function with a control for each of its parameters. It runs again whenever a user changes one, and
// shows in place of what it showed before.
type Interaction struct {
	*Box
	Controls []Widget // one for each parameter
	Output   *Output

	call    func()
	host    *Host
	run     func(func(), Sink) error
	mu      sync.Mutex
	waiting bool // a run is in the queue, which will see what the controls say then
}

// Range is a slider's span for Interact, with the value in its middle.
type Range struct{ Min, Max float64 }

// Interact makes a control for each parameter of f by its type, and runs f with their values, now and whenever a user
// changes one. What f prints, displays and returns is shown below the controls in place of the last; of results, an
// error that is not nil is shown as one. Changes that come while f runs make one more run, with the last of them.
//
// A parameter of a floating-point type gets a slider from 0 to 1, an integer a field, a bool a checkbox, a string a
// field for text. What to start with, or another control, may be given for the first parameters, in their order:
//
//	a value of the parameter's type   the control starts there; a slider spans twice the value
//	a Range                           a slider from Min to Max
//	a slice of the parameter's type   a choice among its elements
//	a widget                          that control, with its label
//
// It returns an error when f is no function, has a variadic parameter or one that needs a control to be given, or when
// a control does not suit its parameter.
func Interact(f any, controls ...any) (*Interaction, error) {
	if b, ok := f.(rt.Boxed); ok { // a function that speaks of types of a cell
		f = b.Unbox().V
	}
	fn := reflect.ValueOf(f)
	if fn.Kind() != reflect.Func || fn.IsNil() {
		return nil, fmt.Errorf("Interact: want a function, not %T", f)
	}
	t := fn.Type()
	switch {
	case t.IsVariadic():
		return nil, errors.New("Interact: a variadic parameter has no control")
	case len(controls) > t.NumIn():
		return nil, fmt.Errorf("Interact: %d controls for %d parameters", len(controls), t.NumIn())
	}
	in := &Interaction{Output: NewOutput(), host: current()}
	in.run = bind(in.host)
	read := make([]func() reflect.Value, t.NumIn())
	for i := range t.NumIn() {
		var given any
		if i < len(controls) {
			given = controls[i]
		}
		w, get, err := controlFor(t.In(i), given, fmt.Sprintf("parameter %d", i+1))
		if err != nil {
			return nil, fmt.Errorf("Interact: parameter %d: %w", i+1, err)
		}
		read[i] = get
		in.Controls = append(in.Controls, w)
		w.model().Observe(func(e Event) {
			if len(e.Changed) > 0 {
				in.again()
			}
		})
	}
	in.call = func() {
		args := make([]reflect.Value, len(read))
		for i, get := range read {
			args[i] = get()
		}
		in.show(fn.Call(args))
	}
	in.Box = NewVBox(append(append([]Widget{}, in.Controls...), in.Output)...)
	in.Output.run(in.host, in.run, in.call, false)
	return in, nil
}

// again has the function run once more, in turn with other callbacks.
func (in *Interaction) again() {
	if in.host == nil {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.waiting {
		return
	}
	in.waiting = true
	in.host.calls.add(func() {
		in.mu.Lock()
		in.waiting = false
		in.mu.Unlock()
		in.Output.run(in.host, in.run, in.call, true)
	})
}

// show shows the results of a run.
func (in *Interaction) show(results []reflect.Value) {
	for _, r := range results {
		v := r.Interface()
		err, failed := v.(error)
		switch {
		case failed && in.host != nil:
			in.Output.Stream("stderr", err.Error()+"\n")
		case failed:
			fmt.Fprintln(rt.Stderr, err)
		case r.Type() == reflect.TypeFor[error]():
		case in.host != nil:
			in.Output.Display("", in.host.Render(v))
		default:
			fmt.Fprintln(rt.Stdout, rt.Text(v, outputLimit))
		}
	}
}

// controlFor makes the control of a parameter, or takes the one given, and says how to read it.
func controlFor(t reflect.Type, given any, label string) (w Widget, get func() reflect.Value, err error) {
	if w, ok := given.(Widget); ok {
		get, err := reader(w, t)
		return w, get, err
	}
	if r, ok := given.(Range); ok {
		given = NewFloatSlider(label, (r.Min+r.Max)/2, r.Min, r.Max)
		return controlFor(t, given, label)
	}
	from := reflect.New(t).Elem()
	if given != nil {
		v := given
		if b, ok := v.(rt.Boxed); ok {
			v = b.Unbox().V
		}
		x := reflect.ValueOf(v)
		switch {
		case x.Kind() == reflect.Slice && t.Kind() != reflect.Slice:
			d, err := NewDropdown(label, given)
			if err != nil {
				return nil, nil, err
			}
			return controlFor(t, d, label)
		case !convertible(x.Type(), t):
			return nil, nil, fmt.Errorf("a %s is no value for a %s", x.Type(), t)
		}
		from = x.Convert(t)
	}
	switch kind := t.Kind(); {
	case kind == reflect.Bool:
		w = NewCheckbox(label, from.Bool())
	case kind == reflect.String:
		w = NewText(label, from.String())
	case from.CanInt():
		w = NewIntText(label, int(from.Int()))
	case from.CanUint():
		w = NewIntText(label, int(from.Uint()))
	case from.CanFloat():
		v, hi := from.Float(), 1.0
		if given == nil {
			v = 0.5
		} else if v != 0 {
			hi = 2 * v
		}
		w = NewFloatSlider(label, v, 0, hi)
	default:
		return nil, nil, fmt.Errorf("a %s has no control of its own; give a slice of the values to choose from", t)
	}
	get, err = reader(w, t)
	return w, get, err
}

// convertible tells conversions that keep a value's meaning from those of an integer to a string.
func convertible(from, to reflect.Type) bool {
	return from.ConvertibleTo(to) && (from.Kind() == reflect.String) == (to.Kind() == reflect.String)
}

// reader reads a control as a value of type t.
func reader(w Widget, t reflect.Type) (func() reflect.Value, error) {
	var value func() any
	switch w := w.(type) {
	case *FloatSlider:
		value = func() any { return w.Value() }
	case *FloatLogSlider:
		value = func() any { return w.Value() }
	case *IntText:
		value = func() any { return w.Value() }
	case *Text:
		value = func() any { return w.Value() }
	case *Checkbox:
		value = func() any { return w.Value() }
	case *Dropdown:
		value = func() any { return w.options.Index(w.Index()).Interface() }
	default:
		return nil, fmt.Errorf("a %T holds no value", w)
	}
	if have := reflect.TypeOf(value()); !convertible(have, t) {
		return nil, fmt.Errorf("the control gives a %s, and the parameter is a %s", have, t)
	}
	return func() reflect.Value { return reflect.ValueOf(value()).Convert(t) }, nil
}
