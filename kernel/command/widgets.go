package command

import (
	"context"
	"errors"
	"time"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "widgets", Help: "connect the page to gonbui/widgets, dom and comms, which they do by themselves", Run: widgets},
	&Command{Name: "widgets_hb", Help: "ask the page for a sign of life", Run: heartbeat},
)

// Pager is what a Frontend implements whose cells are shown in a page that GoNB's packages can reach.
type Pager interface {
	// ConnectPage lets the page connect.
	ConnectPage() error
	// PingPage waits for a sign of life.
	PingPage(context.Context) error
}

func pager(c *Call) (Pager, error) {
	fe, ok := c.Front().(Pager)
	if !ok {
		return nil, errors.New("there is no page here; widgets need a notebook that is open in a browser")
	}
	return fe, nil
}

func widgets(c *Call) (kernel.Result, error) {
	fe, err := pager(c)
	if err != nil {
		return kernel.Result{}, err
	}
	return kernel.Result{}, fe.ConnectPage()
}

// pingTime is how long a page may take to answer.
const pingTime = 5 * time.Second

func heartbeat(c *Call) (kernel.Result, error) {
	fe, err := pager(c)
	if err != nil {
		return kernel.Result{}, err
	}
	ctx, cancel := context.WithTimeout(c.Context(), pingTime)
	defer cancel()
	switch err := fe.PingPage(ctx); {
	case err == nil:
		c.Printf("the page answers\n")
	case errors.Is(err, context.DeadlineExceeded):
		c.Printf("the page does not answer; %%widgets connects it\n")
	default:
		return kernel.Result{}, err
	}
	return kernel.Result{}, nil
}
