package main

import (
	"fmt"

	"github.com/gossl/gossl/kernel/command"
)

// KnobList shows the run's knobs to %panel.
func (r labRun) KnobList() []command.Knob {
	var list []command.Knob
	for _, k := range r.Knobs() {
		list = append(list, command.Knob{Name: k.Name, Value: k.Value, Min: k.Min, Max: k.Max, Meaning: k.Meaning})
	}
	return list
}

// Measures are what %watch shows of the run.
func (r labRun) Measures() [][2]string {
	p, last := r.Progress(), r.Record().Results
	list := [][2]string{{"loss", fmt.Sprintf("%.4f", p.Loss)}}
	if p.Lambda == p.Lambda { // not NaN: there is a SparseHead
		list = append(list, [2]string{"λ", fmt.Sprintf("%.4g", p.Lambda)}, [2]string{"negligible", fmt.Sprintf("%.0f %%", 100*p.Negligible)})
	}
	if rank, ok := last["rankme_h"]; ok {
		list = append(list, [2]string{"RankMe h", fmt.Sprintf("%.1f", rank)}, [2]string{"RankMe z", fmt.Sprintf("%.1f", last["rankme_z"])})
	}
	return append(list, [2]string{"speed", fmt.Sprintf("%.0f img/s", p.ImagesPerSecond)}, [2]string{"left", p.Left.String()}, [2]string{"edits", fmt.Sprint(len(r.Journal()))})
}
