package widgets

import (
	"fmt"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Button is a button.
type Button struct{ *Model }

// NewButton makes a button with a label.
func NewButton(label string) *Button {
	return &Button{newModel(buttonClass, map[string]any{"description": label})}
}

// Icon sets the picture beside the label, by its name in Font Awesome 4 such as "play", and returns the button.
func (b *Button) Icon(name string) *Button {
	b.update(map[string]any{"icon": name})
	return b
}

// OnClick has f called whenever the button is clicked.
func (b *Button) OnClick(f func()) {
	b.later(func(e Event) func() {
		if !e.Clicked {
			return nil
		}
		return f
	})
}

// onValue has f called with each new value of a trait.
func (m *Model) onValue(trait string, f func(v any)) {
	m.later(func(e Event) func() {
		v, ok := e.Changed[trait]
		if !ok {
			return nil
		}
		return func() { f(v) }
	})
}

// FloatSlider is a slider for a number.
type FloatSlider struct{ *Model }

// NewFloatSlider makes a slider from lo to hi, in a thousand steps. A value outside moves the nearer end.
func NewFloatSlider(label string, value, lo, hi float64) *FloatSlider {
	lo, hi = min(value, lo), max(value, hi)
	return &FloatSlider{newModel(floatSliderClass, map[string]any{
		"description": label, "value": value, "min": lo, "max": hi, "step": (hi - lo) / 1000,
	})}
}

// Value is where the slider stands.
func (s *FloatSlider) Value() float64 { return s.Get("value").(float64) }

// SetValue moves the slider in every page. It returns an error when v lies outside.
func (s *FloatSlider) SetValue(v float64) error { return s.Set("value", v) }

// OnChange has f called with each value that a user chooses, when the handle is let go; with
// Set("continuous_update", true) also while it moves.
func (s *FloatSlider) OnChange(f func(v float64)) {
	s.onValue("value", func(v any) { f(v.(float64)) })
}

// FloatLogSlider is a slider whose handle moves through powers of ten.
type FloatLogSlider struct{ *Model }

// NewFloatLogSlider makes a slider from 10^minExp to 10^maxExp, in steps of a twentieth of a power. The value is the
// number itself and must be above 0.
func NewFloatLogSlider(label string, value, minExp, maxExp float64) *FloatLogSlider {
	return &FloatLogSlider{newModel(floatLogSliderClass, map[string]any{
		"description": label, "value": value, "min": minExp, "max": maxExp,
	})}
}

// Value is where the slider stands: the number, not its exponent.
func (s *FloatLogSlider) Value() float64 { return s.Get("value").(float64) }

// SetValue moves the slider in every page. It returns an error when v lies outside.
func (s *FloatLogSlider) SetValue(v float64) error { return s.Set("value", v) }

// OnChange has f called with each value that a user chooses, when the handle is let go.
func (s *FloatLogSlider) OnChange(f func(v float64)) {
	s.onValue("value", func(v any) { f(v.(float64)) })
}

// IntText is a field for a whole number.
type IntText struct{ *Model }

// NewIntText makes a field.
func NewIntText(label string, value int) *IntText {
	return &IntText{newModel(intTextClass, map[string]any{"description": label, "value": value})}
}

// Value is the number in the field.
func (t *IntText) Value() int { return t.Get("value").(int) }

// SetValue changes the number in every page.
func (t *IntText) SetValue(v int) error { return t.Set("value", v) }

// OnChange has f called with each number that a user enters.
func (t *IntText) OnChange(f func(v int)) { t.onValue("value", func(v any) { f(v.(int)) }) }

// Text is a field for a line of text.
type Text struct{ *Model }

// NewText makes a field.
func NewText(label, value string) *Text {
	return &Text{newModel(textClass, map[string]any{"description": label, "value": value})}
}

// Value is the text in the field.
func (t *Text) Value() string { return t.Get("value").(string) }

// SetValue changes the text in every page.
func (t *Text) SetValue(v string) error { return t.Set("value", v) }

// OnChange has f called with each text that a user enters.
func (t *Text) OnChange(f func(v string)) { t.onValue("value", func(v any) { f(v.(string)) }) }

// Checkbox is a box to tick.
type Checkbox struct{ *Model }

// NewCheckbox makes a checkbox.
func NewCheckbox(label string, value bool) *Checkbox {
	return &Checkbox{newModel(checkboxClass, map[string]any{"description": label, "value": value})}
}

// Value reports whether the box is ticked.
func (c *Checkbox) Value() bool { return c.Get("value").(bool) }

// SetValue ticks the box, or not, in every page.
func (c *Checkbox) SetValue(v bool) error { return c.Set("value", v) }

// OnChange has f called whenever a user ticks the box or clears it.
func (c *Checkbox) OnChange(f func(v bool)) { c.onValue("value", func(v any) { f(v.(bool)) }) }

// Dropdown is a choice of one among several values.
type Dropdown struct {
	*Model
	options reflect.Value // a slice
}

// NewDropdown makes a choice among the elements of a slice, each shown as fmt.Print shows it, with the first chosen.
// It returns an error when options is no slice or an empty one.
func NewDropdown(label string, options any) (*Dropdown, error) {
	list, labels, err := listOf(options)
	if err != nil {
		return nil, err
	}
	m := newModel(dropdownClass, map[string]any{"description": label, "_options_labels": labels, "index": 0})
	return &Dropdown{m, list}, nil
}

// listOf reads a slice and how its elements are shown. A slice of a type of a cell arrives as a box.
func listOf(options any) (list reflect.Value, labels []string, err error) {
	var elem *rt.Type
	if b, ok := options.(rt.Boxed); ok {
		elem, options = b.Unbox().T.Elem(), b.Unbox().V
	}
	list = reflect.ValueOf(options)
	if list.Kind() != reflect.Slice || list.Len() == 0 {
		return list, nil, fmt.Errorf("a dropdown's options are a slice with at least one element, not %T", options)
	}
	for i := range list.Len() {
		v := list.Index(i).Interface()
		if elem != nil {
			v = rt.Mk(elem, v)
		}
		labels = append(labels, rt.Short(v, 60))
	}
	return list, labels, nil
}

// Index is the number of the chosen option, from 0.
func (d *Dropdown) Index() int { return d.Get("index").(int) }

// SetIndex chooses an option in every page.
func (d *Dropdown) SetIndex(i int) error { return d.Set("index", i) }

// Label is the chosen option as it is shown.
func (d *Dropdown) Label() string { return d.Get("_options_labels").([]string)[d.Index()] }

// OnChange has f called with the number and the text of each option that a user chooses.
func (d *Dropdown) OnChange(f func(index int, label string)) {
	labels := d.Get("_options_labels").([]string)
	d.onValue("index", func(v any) { f(v.(int), labels[v.(int)]) })
}

// HTML is a line or paragraph of HTML.
type HTML struct{ *Model }

// NewHTML makes a text; what is put into it must be safe HTML.
func NewHTML(html string) *HTML {
	return &HTML{newModel(htmlClass, map[string]any{"value": html})}
}

// Value is the text.
func (h *HTML) Value() string { return h.Get("value").(string) }

// SetValue changes the text in every page.
func (h *HTML) SetValue(html string) { h.update(map[string]any{"value": html}) }

// Box is widgets in a column or a row.
type Box struct{ *Model }

// NewVBox puts widgets below each other.
func NewVBox(children ...Widget) *Box { return newBox(vboxClass, children) }

// NewHBox puts widgets beside each other.
func NewHBox(children ...Widget) *Box { return newBox(hboxClass, children) }

func newBox(c *class, children []Widget) *Box {
	m := newModel(c, nil)
	m.children = children
	return &Box{m}
}
