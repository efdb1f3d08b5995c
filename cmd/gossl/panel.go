package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/ssl"
)

var _ command.Live = labRun{}

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

// Over reports whether the run trains no more.
func (r labRun) Over() bool {
	switch r.Status() {
	case ssl.Done, ssl.Stopped, ssl.Failed:
		return true
	}
	return false
}

// Checkpoint writes one into a directory of the run's name, below checkpoints in the working directory.
func (r labRun) Checkpoint() (dir string, err error) {
	if dir, err = filepath.Abs(filepath.Join("checkpoints", r.Name())); err != nil {
		return "", err
	}
	return dir, r.Save(dir)
}

// HeadWidth is the width of the projector's first layer.
func (r labRun) HeadWidth() int {
	widths := r.Experiment().Projector.Widths
	if len(widths) == 0 {
		return 0
	}
	return widths[0]
}

// showPanel shows controls for a run below the cell that asks for them, or their text.
func showPanel(r *ssl.Run) error {
	c := kernel.Current()
	if c == nil {
		return errors.New("a panel is shown below a cell, and this is none")
	}
	if fe, ok := c.Front().(command.Paneler); ok {
		return fe.Panel(labRun{r})
	}
	c.Frontend().Display("", kernel.Bundle{kernel.TextPlain: command.PanelText(labRun{r})})
	return nil
}
