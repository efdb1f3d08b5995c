package main

import (
	"context"
	"fmt"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/ssl"
	"github.com/spf13/cobra"
)

func newResume(flags *sessionFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "resume DIR",
		Short: "Take up a run that was kept in a directory, and train it to its end",
		Long: `resume continues a run that run.Keep("DIR") kept, after a crash or an end of its process, from the newest checkpoint
that is whole. The edits that were made after it are made again at their steps, so that on the same backend the run ends
as if nothing had happened.

It finds Fashion-MNIST by itself. For other data, or a loss or encoder of your own, a cell says what they are and then
ssl.Resume("DIR", data). The first Ctrl-C ends the run after its step, with a checkpoint; the second one quits at once.`,
		Example: "  gossl resume runs/simclr",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return interruptible(c.Context(), func(ctx context.Context) error { return resume(ctx, *flags, a[0]) })
		},
	}
}

func resume(ctx context.Context, flags sessionFlags, dir string) error {
	screen := newScreen()
	a, err := newApp(flags, screen)
	if err != nil {
		return err
	}
	defer a.close()
	lab, err := ssl.DefaultLab()
	if err != nil {
		return err
	}
	run, err := lab.Resume(dir)
	if err != nil {
		return err
	}
	run.Watch()
	err = run.WaitContext(ctx)
	run.Stop()
	screen.Settle()
	if err != nil && kernel.Interrupted(context.Cause(ctx)) {
		return fmt.Errorf("%s stopped at step %d; gossl resume %s takes it up: %w", run.Name(), run.Steps(), dir, context.Cause(ctx))
	}
	if kept := run.Kept(); err == nil && kept.Err != nil {
		err = fmt.Errorf("%s is done, but was not kept: %w", run.Name(), kept.Err)
	}
	if err == nil {
		fmt.Println(run)
	}
	return err
}
