package main

import (
	"context"
	"encoding/json"
	"fmt"

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

// Records returns what repeats the runs of this session.
func (lab) Records() ([]json.RawMessage, error) {
	var list []json.RawMessage
	for _, rec := range ssl.Records() {
		text, err := json.Marshal(rec)
		if err != nil {
			return nil, fmt.Errorf("%s: its record: %w", rec.Run, err)
		}
		list = append(list, text)
	}
	return list, nil
}

// Rehearse makes the next runs repeat recorded ones.
func (lab) Rehearse(records []json.RawMessage) error {
	list := make([]ssl.Record, len(records))
	for i, text := range records {
		if err := json.Unmarshal(text, &list[i]); err != nil {
			return fmt.Errorf("the record of run %d cannot be read: %w", i+1, err)
		}
	}
	ssl.Rehearse(list)
	return nil
}
