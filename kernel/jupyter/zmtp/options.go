package zmtp

import "time"

// Options are the settings of a socket. The zero value is usable.
type Options struct {
	// Curve is this side's key pair; nil means no encryption (the NULL mechanism).
	Curve *KeyPair
	// ServerKey is the public key of the bound side; only a Dial with Curve needs it.
	ServerKey Key
	// HandshakeTimeout bounds greeting and handshake of a new peer; 10 s when zero.
	HandshakeTimeout time.Duration
	// MaxFrame is the largest frame, and the largest message, accepted from a
	// peer, in bytes; 256 MiB when zero.
	MaxFrame int64
	// Queue is how many bytes may wait for one peer that does not read;
	// 64 MiB when zero. While more than that waits, what is sent is dropped for
	// that peer alone.
	Queue int
	// Logf hears of peers that were refused or cut off; nil means silence.
	Logf func(format string, args ...any)
}

func (o Options) withDefaults() Options {
	if o.HandshakeTimeout == 0 {
		o.HandshakeTimeout = 10 * time.Second
	}
	if o.MaxFrame == 0 {
		o.MaxFrame = 256 << 20
	}
	if o.Queue == 0 {
		o.Queue = 64 << 20
	}
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	return o
}
