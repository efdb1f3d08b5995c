//go:build !unix

package gonb

import (
	"encoding/json"
	"errors"
)

// Bridge is the kernel's end of gonbui's pipes.
type Bridge struct{}

// Open fails: gonbui needs named pipes.
func Open(Host) (*Bridge, error) {
	return nil, errors.New("gonb: gonbui's displays need named pipes, which this system has not")
}

// Drain does nothing.
func (*Bridge) Drain() {}

// Deliver does nothing.
func (*Bridge) Deliver(string, json.RawMessage) error { return nil }

// Close does nothing.
func (*Bridge) Close() error { return nil }
