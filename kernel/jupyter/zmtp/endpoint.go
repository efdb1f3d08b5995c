package zmtp

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
)

// splitEndpoint reads "tcp://127.0.0.1:5555" or "ipc:///tmp/kernel-1". A wildcard
// host is refused: a kernel must say to whom it listens.
func splitEndpoint(endpoint string) (network, address string, err error) {
	scheme, address, ok := strings.Cut(endpoint, "://")
	switch {
	case ok && scheme == "tcp":
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return "", "", fmt.Errorf("zmtp: endpoint %q: %w", endpoint, err)
		}
		if host == "" || host == "*" {
			return "", "", fmt.Errorf("zmtp: endpoint %q: name the address to listen on, such as 127.0.0.1", endpoint)
		}
		return "tcp", address, nil
	case ok && scheme == "ipc":
		if address == "" {
			return "", "", fmt.Errorf("zmtp: endpoint %q: the path is missing", endpoint)
		}
		return "unix", address, nil
	}
	return "", "", fmt.Errorf("zmtp: endpoint %q: want tcp://HOST:PORT or ipc://PATH", endpoint)
}

// listen binds an endpoint. A socket file left behind by a process that is gone
// is replaced; one that answers, or a file of another kind, is an error.
func listen(endpoint string) (net.Listener, error) {
	network, address, err := splitEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	if network == "unix" {
		if err := clearStale(address); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp: %w", err)
	}
	if network == "unix" {
		// Only the owner may talk to the kernel, whatever the umask.
		if err := os.Chmod(address, 0o600); err != nil {
			l.Close()
			return nil, fmt.Errorf("zmtp: %w", err)
		}
	}
	return l, nil
}

// clearStale removes a socket file on which nobody listens.
func clearStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("zmtp: %w", err)
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("zmtp: %s exists and is not a socket: remove it or choose another path", path)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return fmt.Errorf("zmtp: %s is in use by another process", path)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("zmtp: %w", err)
	}
	return nil
}
