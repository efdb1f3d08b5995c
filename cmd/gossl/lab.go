package main

import (
	"context"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/ssl"
)

// lab shows the default lab to the commands.
type lab struct{}

func (lab) Runs() []command.Run {
	var runs []command.Run
	for _, r := range ssl.Runs() {
		runs = append(runs, labRun{r})
	}
	return runs
}

func (lab) Backend(ctx context.Context) (string, error) {
	l, err := ssl.DefaultLab()
	if err != nil {
		return "", err
	}
	return l.String(), nil
}

// labRun is a run whose figure is any value, since kernel knows nothing of plots.
type labRun struct{ *ssl.Run }

func (r labRun) Plot() any { return r.Run.Plot() }

func (r labRun) Resize(part string, width int) (int, error) {
	return r.Run.Resize(ssl.Part(part), width)
}
