package widgets

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
)

// class is a kind of model.
type class struct {
	name, module, version string
	view                  string         // of the model's name without "Model" unless given
	traits                map[string]any // with their first values
	style                 *class
	layout                map[string]any
	dom                   bool // it has a layout
	box                   bool // it has children
	// takes reads the traits that a page may change; the others are not its to change.
	takes map[string]func(json.RawMessage) (any, error)
	valid func(state map[string]any, trait string, v any) error
}

// Modules and their versions: those of ipywidgets 8.
const (
	baseModule     = "@jupyter-widgets/base"
	controlsModule = "@jupyter-widgets/controls"
	moduleVersion  = "2.0.0"
	outputModule   = "@jupyter-widgets/output"
	outputVersion  = "1.0.0"
)

// state is a fresh state of the class.
func (c *class) state() map[string]any {
	viewModule, viewVersion, view := c.module, c.version, c.name+"View"
	if c.view != "" {
		viewModule, viewVersion, view = baseModule, moduleVersion, c.view
	}
	s := map[string]any{
		"_model_module": c.module, "_model_module_version": c.version, "_model_name": c.name + "Model",
		"_view_module": viewModule, "_view_module_version": viewVersion, "_view_name": view,
		"_view_count": nil,
	}
	if c.dom {
		s["_dom_classes"], s["tabbable"], s["tooltip"] = []string{}, nil, nil
	}
	maps.Copy(s, c.traits)
	return s
}

// take reads what a page sent for a trait.
func (c *class) take(trait string, raw json.RawMessage) (any, error) {
	f := c.takes[trait]
	if f == nil {
		return nil, errors.New("not for a page to change")
	}
	return f(raw)
}

func as[T any](raw json.RawMessage) (any, error) {
	var v *T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	if v == nil {
		return nil, errors.New("no value")
	}
	return *v, nil
}

// whole reads a whole number, which a page may write as 3.0.
func whole(raw json.RawMessage) (any, error) {
	v, err := as[float64](raw)
	if err != nil {
		return nil, err
	}
	if f := v.(float64); f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int(f), nil
	}
	return nil, fmt.Errorf("%v is no whole number", v)
}

func takes(trait string, f func(json.RawMessage) (any, error)) map[string]func(json.RawMessage) (any, error) {
	return map[string]func(json.RawMessage) (any, error){trait: f}
}

// between holds a slider's value to its ends; exp says that these are powers of ten.
func between(exp bool) func(map[string]any, string, any) error {
	return func(state map[string]any, _ string, v any) error {
		lo, hi, x := toFloat(state["min"]), toFloat(state["max"]), v.(float64)
		slack := 1e-9 * max(math.Abs(lo), math.Abs(hi), 1) // the page computes with steps
		if exp {
			x = math.Log10(x)
		}
		if x >= lo-slack && x <= hi+slack {
			return nil
		}
		return fmt.Errorf("%v is not between %v and %v", v, lo, hi)
	}
}

// toFloat is a number of a state; code may have set a whole one.
func toFloat(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	return math.NaN()
}

// control makes the class of a control from its own traits.
func control(name string, style *class, width string, own map[string]any) *class {
	c := &class{name: name, module: controlsModule, version: moduleVersion, style: style, dom: true, traits: own}
	if width != "" {
		c.layout = map[string]any{"width": width}
	}
	return c
}

// styleOf makes the class of a style.
func styleOf(name string, traits ...string) *class {
	c := &class{name: name, module: controlsModule, version: moduleVersion, view: "StyleView", traits: map[string]any{}}
	for _, t := range traits {
		c.traits[t] = nil
	}
	return c
}

// described gives a style room for the description.
func described(c *class) *class {
	c.traits["description_width"] = "110px"
	return c
}

func labelled(own map[string]any) map[string]any {
	own["description"], own["description_allow_html"], own["disabled"] = "", false, false
	return own
}

var (
	layoutClass = &class{name: "Layout", module: baseModule, version: moduleVersion}

	sliderStyle   = described(styleOf("SliderStyle", "handle_color"))
	fieldStyle    = described(styleOf("DescriptionStyle"))
	textStyle     = described(styleOf("TextStyle", "background", "font_size", "text_color"))
	checkboxStyle = described(styleOf("CheckboxStyle", "background"))
	htmlStyle     = styleOf("HTMLStyle", "background", "font_size", "text_color")
	buttonStyle   = styleOf("ButtonStyle", "button_color", "font_family", "font_size", "font_style", "font_variant",
		"font_weight", "text_color", "text_decoration")

	floatSliderClass = control("FloatSlider", sliderStyle, "460px", labelled(map[string]any{
		"behavior": "drag-tap", "continuous_update": false, "orientation": "horizontal", "readout": true,
		"readout_format": ".4g", "value": 0.0, "min": 0.0, "max": 1.0, "step": 0.001,
	}))
	floatLogSliderClass = control("FloatLogSlider", sliderStyle, "460px", labelled(map[string]any{
		"behavior": "drag-tap", "continuous_update": false, "orientation": "horizontal", "readout": true,
		"readout_format": ".3g", "base": 10.0, "value": 1.0, "min": 0.0, "max": 4.0, "step": 0.05,
	}))
	intTextClass = control("IntText", fieldStyle, "220px", labelled(map[string]any{
		"continuous_update": false, "step": 1, "value": 0,
	}))
	textClass = control("Text", textStyle, "460px", labelled(map[string]any{
		"continuous_update": false, "placeholder": "", "value": "",
	}))
	dropdownClass = control("Dropdown", fieldStyle, "", labelled(map[string]any{
		"_options_labels": []string{}, "index": nil,
	}))
	checkboxClass = control("Checkbox", checkboxStyle, "", labelled(map[string]any{"indent": true, "value": false}))
	buttonClass   = control("Button", buttonStyle, "auto", map[string]any{
		"description": "", "disabled": false, "button_style": "", "icon": "",
	})
	htmlClass = control("HTML", htmlStyle, "", map[string]any{
		"description": "", "description_allow_html": false, "placeholder": "", "value": "",
	})
	vboxClass   = boxOf("VBox")
	hboxClass   = boxOf("HBox")
	outputClass = &class{name: "Output", module: outputModule, version: outputVersion, dom: true,
		traits: map[string]any{"msg_id": "", "outputs": []any{}}}
)

func boxOf(name string) *class {
	c := control(name, nil, "", map[string]any{"box_style": "", "children": []string{}})
	c.box = true
	return c
}

func init() { // what a page may change
	floatSliderClass.takes, floatSliderClass.valid = takes("value", as[float64]), between(false)
	floatLogSliderClass.takes, floatLogSliderClass.valid = takes("value", as[float64]), between(true)
	intTextClass.takes = takes("value", whole)
	textClass.takes = takes("value", as[string])
	checkboxClass.takes = takes("value", as[bool])
	dropdownClass.takes = takes("index", whole)
	dropdownClass.valid = func(state map[string]any, _ string, v any) error {
		if n := len(state["_options_labels"].([]string)); v.(int) < 0 || v.(int) >= n {
			return fmt.Errorf("there is no option %v of %d", v, n)
		}
		return nil
	}
}
