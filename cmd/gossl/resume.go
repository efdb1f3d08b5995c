package main

import (
	"context"
	"fmt"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/data"
	"github.com/spf13/cobra"
)

func newResume(flags *sessionFlags) *cobra.Command {
	var sets []string
	c := &cobra.Command{
		Use:   "resume DIR",
		Short: "Take up a run that was kept in a directory, and train it to its end",
		Long: `resume continues a run that run.Keep("DIR") kept, after a crash or an end of its process, from the newest checkpoint
that is whole. The edits that were made after it are made again at their steps, so that on the same backend the run ends
as if nothing had happened.

The run's directory says which data it trained on and where they were read; --data says where they are now. Data that
a program made, and a loss or encoder of your own, need a cell that makes them and then ssl.Resume("DIR", data). The
first Ctrl-C ends the run after its step, with a checkpoint; the second one quits at once.`,
		Example: `  gossl resume runs/simclr
  gossl resume runs/simclr --data /mnt/cifar-10
  gossl resume runs/simclr --data folder:/mnt/photos`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return interruptible(c.Context(), func(ctx context.Context) error { return resume(ctx, *flags, a[0], sets) })
		},
	}
	c.Flags().StringArrayVar(&sets, "data", nil, "where the run's data are: `PATH`, or KIND:PATH, such as cifar10:PATH; again for each data set that an edit changed to")
	return c
}

// openData reads the sets that the flags name, in the order in which the run's directory names its own.
func openData(dir string, flags []string) ([]*data.Set, error) {
	if len(flags) == 0 {
		return nil, nil
	}
	refs, err := ssl.KeptData(dir)
	if err != nil {
		return nil, err
	}
	var sets []*data.Set
	for i, flag := range flags {
		o, err := data.ParseOrigin(flag, refs[min(i, len(refs)-1)].Origin)
		if err != nil {
			return nil, usageError(fmt.Errorf("--data: %w", err))
		}
		set, err := data.Open(o)
		if err != nil {
			return nil, fmt.Errorf("--data %s: %w", flag, err)
		}
		sets = append(sets, set)
	}
	return sets, nil
}

func resume(ctx context.Context, flags sessionFlags, dir string, from []string) error {
	sets, err := openData(dir, from)
	if err != nil {
		return err
	}
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
	run, err := lab.Resume(dir, sets...)
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
