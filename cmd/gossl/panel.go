package main

import "github.com/gossl/gossl/kernel/command"

// KnobList shows the run's knobs to %panel.
func (r labRun) KnobList() []command.Knob {
	var list []command.Knob
	for _, k := range r.Knobs() {
		list = append(list, command.Knob{Name: k.Name, Value: k.Value, Min: k.Min, Max: k.Max, Meaning: k.Meaning})
	}
	return list
}
