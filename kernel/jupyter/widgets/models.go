package widgets

import (
	"encoding/json"
	"maps"
)

// class is a kind of model with the values that are not ours to choose.
type class struct {
	module, model, view string
	defaults            map[string]any
}

// Versions of the JavaScript modules: those of ipywidgets 8.
const (
	baseModule     = "@jupyter-widgets/base"
	controlsModule = "@jupyter-widgets/controls"
	moduleVersion  = "2.0.0"
)

// state is a fresh state of the class.
func (c class) state() map[string]any {
	s := map[string]any{
		"_model_module": c.module, "_model_module_version": moduleVersion, "_model_name": c.model,
		"_view_module": c.module, "_view_module_version": moduleVersion, "_view_name": c.view,
		"_view_count": nil,
	}
	if c.module == controlsModule && c.view != "StyleView" {
		s["_dom_classes"], s["tabbable"], s["tooltip"] = []string{}, nil, nil
	}
	maps.Copy(s, c.defaults)
	return s
}

var (
	layoutClass = class{baseModule, "LayoutModel", "LayoutView", nil}
	sliderStyle = class{controlsModule, "SliderStyleModel", "StyleView", map[string]any{"_view_module": baseModule, "description_width": "110px", "handle_color": nil}}
	buttonStyle = class{controlsModule, "ButtonStyleModel", "StyleView", map[string]any{
		"_view_module": baseModule, "button_color": nil, "font_family": nil, "font_size": nil, "font_style": nil,
		"font_variant": nil, "font_weight": nil, "text_color": nil, "text_decoration": nil,
	}}
	textStyle = class{controlsModule, "HTMLStyleModel", "StyleView", map[string]any{
		"_view_module": baseModule, "background": nil, "description_width": "", "font_size": nil, "text_color": nil,
	}}
	sliderClass = class{controlsModule, "FloatSliderModel", "FloatSliderView", map[string]any{
		"behavior": "drag-tap", "continuous_update": false, "description_allow_html": false, "disabled": false,
		"orientation": "horizontal", "readout": true, "readout_format": ".4g",
	}}
	logSliderClass = class{controlsModule, "FloatLogSliderModel", "FloatLogSliderView", map[string]any{
		"base": 10.0, "behavior": "drag-tap", "continuous_update": false, "description_allow_html": false, "disabled": false,
		"orientation": "horizontal", "readout": true, "readout_format": ".3g",
	}}
	intClass = class{controlsModule, "IntTextModel", "IntTextView", map[string]any{
		"continuous_update": false, "description_allow_html": false, "disabled": false, "step": 1,
	}}
	fieldStyle  = class{controlsModule, "DescriptionStyleModel", "StyleView", map[string]any{"_view_module": baseModule, "description_width": "110px"}}
	buttonClass = class{controlsModule, "ButtonModel", "ButtonView", map[string]any{"button_style": "", "disabled": false, "icon": ""}}
	htmlClass   = class{controlsModule, "HTMLModel", "HTMLView", map[string]any{"description": "", "description_allow_html": false, "placeholder": ""}}
	vboxClass   = class{controlsModule, "VBoxModel", "VBoxView", map[string]any{"box_style": ""}}
	hboxClass   = class{controlsModule, "HBoxModel", "HBoxView", map[string]any{"box_style": ""}}
)

// with makes a model together with its layout and, unless the style class is empty,
// its style.
func (m *Manager) with(c, style class, layout, state map[string]any, on func(event)) (*Widget, error) {
	l, err := m.open(layoutClass, layout, nil)
	if err != nil {
		return nil, err
	}
	state["layout"] = l.ref()
	if style.model != "" {
		s, err := m.open(style, nil, nil)
		if err != nil {
			return nil, err
		}
		state["style"] = s.ref()
	}
	return m.open(c, state, on)
}

// Slider is a slider for a number.
type Slider struct {
	*Widget
}

// NewSlider makes a slider from min to max. changed, which may be nil, is called
// with each value that a user chooses, when the handle is let go.
func (m *Manager) NewSlider(label string, value, min, max float64, changed func(float64)) (*Slider, error) {
	w, err := m.with(sliderClass, sliderStyle, map[string]any{"width": "460px"}, map[string]any{
		"description": label, "value": value, "min": min, "max": max, "step": (max - min) / 1000,
	}, onNumber(changed))
	return &Slider{w}, err
}

// NewLogSlider makes a slider whose handle moves through powers of ten, from
// 10^minExp to 10^maxExp.
func (m *Manager) NewLogSlider(label string, value, minExp, maxExp float64, changed func(float64)) (*Slider, error) {
	w, err := m.with(logSliderClass, sliderStyle, map[string]any{"width": "460px"}, map[string]any{
		"description": label, "value": value, "min": minExp, "max": maxExp, "step": 0.05,
	}, onNumber(changed))
	return &Slider{w}, err
}

func onNumber(changed func(float64)) func(event) {
	return func(e event) {
		var v float64
		if raw, ok := e.changed["value"]; ok && changed != nil && json.Unmarshal(raw, &v) == nil {
			changed(v)
		}
	}
}

// SetValue moves the slider in every page.
func (s *Slider) SetValue(v float64) error { return s.update(map[string]any{"value": v}) }

// Field is a field for a whole number.
type Field struct{ *Widget }

// NewField makes a field. changed, which may be nil, is called with each number that a
// user enters.
func (m *Manager) NewField(label string, value int, changed func(int)) (*Field, error) {
	w, err := m.with(intClass, fieldStyle, map[string]any{"width": "220px"}, map[string]any{
		"description": label, "value": value,
	}, func(e event) {
		var v int
		if raw, ok := e.changed["value"]; ok && changed != nil && json.Unmarshal(raw, &v) == nil {
			changed(v)
		}
	})
	return &Field{w}, err
}

// SetValue changes the number in every page.
func (f *Field) SetValue(v int) error { return f.update(map[string]any{"value": v}) }

// NewButton makes a button. icon is a name of Font Awesome 4, or empty.
func (m *Manager) NewButton(label, icon string, clicked func()) (*Widget, error) {
	return m.with(buttonClass, buttonStyle, map[string]any{"width": "auto"}, map[string]any{"description": label, "icon": icon}, func(e event) {
		if e.custom == "click" && clicked != nil {
			clicked()
		}
	})
}

// Text is a line or paragraph of HTML.
type Text struct{ *Widget }

// NewText makes a text; what is put into it must be safe HTML.
func (m *Manager) NewText(html string) (*Text, error) {
	w, err := m.with(htmlClass, textStyle, nil, map[string]any{"value": html}, nil)
	return &Text{w}, err
}

// SetHTML changes the text in every page.
func (t *Text) SetHTML(html string) error { return t.update(map[string]any{"value": html}) }

// NewColumn puts widgets below each other.
func (m *Manager) NewColumn(children ...*Widget) (*Widget, error) { return m.box(vboxClass, children) }

// NewRow puts widgets beside each other.
func (m *Manager) NewRow(children ...*Widget) (*Widget, error) { return m.box(hboxClass, children) }

func (m *Manager) box(c class, children []*Widget) (*Widget, error) {
	refs := []string{}
	for _, w := range children {
		refs = append(refs, w.ref())
	}
	return m.with(c, class{}, nil, map[string]any{"children": refs}, nil)
}
