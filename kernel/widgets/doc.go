// Package widgets is controls for cells: sliders, buttons, fields, and functions that run again whenever a control
// changes. In a notebook whose page has the widget manager of ipywidgets they are live; elsewhere, and in a saved
// notebook, they show what they held.
//
//	lambda := widgets.NewFloatLogSlider("lambda", 0.1, -4, 1)
//	lambda.OnChange(func(v float64) { run.Set("lambda", v) })
//	lambda // the last expression of a cell is shown
//
// What a user does is stored at once. Functions given to OnChange and OnClick run one after the other, in the order of
// the events, beside the cells: while one is busy the next waits, and a cell may run meanwhile, so that variables
// which both write need a lock. What they print, and their panics, appear below the cell that gave them. An interrupt
// ends the one that runs. Setting a value in code calls none of them.
//
// The names and traits of the models are those of @jupyter-widgets/controls 2.0.
//
// Source: https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/jupyterwidgetmodels.latest.md
package widgets
