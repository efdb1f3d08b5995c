package jupyter

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// Connection is what a connection file says: where to listen, and the keys that a
// client must know. A port of 0 takes a free one; Serve then writes the file again.
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // the address to listen on; for ipc the beginning of the socket files' paths
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
	CurvePublicKey  string `json:"curve_publickey,omitempty"` // both in Z85; with them all channels are encrypted
	CurveSecretKey  string `json:"curve_secretkey,omitempty"`
}

// ReadConnection reads a connection file.
func ReadConnection(path string) (Connection, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file: %w", err)
	}
	c := Connection{Transport: "tcp", IP: "127.0.0.1", SignatureScheme: "hmac-sha256"}
	if err := json.Unmarshal(text, &c); err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	if err := c.check(); err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// schemes are the signature schemes a client may ask for.
var schemes = map[string]func() hash.Hash{
	"hmac-sha256": sha256.New,
	"hmac-sha384": sha512.New384,
	"hmac-sha512": sha512.New,
}

func (c Connection) check() error {
	switch {
	case c.Transport != "tcp" && c.Transport != "ipc":
		return fmt.Errorf("transport %q: want tcp or ipc", c.Transport)
	case c.Transport == "tcp" && net.ParseIP(c.IP) == nil && c.IP != "localhost":
		return fmt.Errorf("ip %q: want the numeric address to listen on, such as 127.0.0.1", c.IP)
	case c.IP == "":
		return errors.New("ip is empty: for ipc it is the beginning of the socket files' paths")
	case c.Key == "":
		return errors.New("key is empty: every user of this machine could run code here; start the kernel with a key")
	case schemes[c.SignatureScheme] == nil:
		return fmt.Errorf("signature_scheme %q: want hmac-sha256", c.SignatureScheme)
	case (c.CurvePublicKey == "") != (c.CurveSecretKey == ""):
		return errors.New("curve_publickey and curve_secretkey go together")
	}
	for _, port := range c.ports() {
		if *port < 0 || *port > 65535 {
			return fmt.Errorf("port %d: want 0 to 65535", *port)
		}
		if *port == 0 && c.Transport == "ipc" {
			return errors.New("an ipc connection needs its ports numbered")
		}
	}
	_, err := c.curve()
	return err
}

func (c *Connection) ports() []*int {
	return []*int{&c.ShellPort, &c.IOPubPort, &c.StdinPort, &c.ControlPort, &c.HBPort}
}

// curve returns the key pair, nil when the connection is not encrypted.
func (c Connection) curve() (*zmtp.KeyPair, error) {
	if c.CurvePublicKey == "" {
		return nil, nil
	}
	public, err := zmtp.ParseKey(c.CurvePublicKey)
	if err != nil {
		return nil, fmt.Errorf("curve_publickey: %w", err)
	}
	secret, err := zmtp.ParseKey(c.CurveSecretKey)
	if err != nil {
		return nil, fmt.Errorf("curve_secretkey: %w", err)
	}
	return &zmtp.KeyPair{Public: public, Secret: secret}, nil
}

// endpoint is where a port listens.
func (c Connection) endpoint(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	return "tcp://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}

// Write replaces a connection file in one step, readable by its owner alone.
func (c Connection) Write(path string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".kernel-*") // mode 0600
	if err != nil {
		return fmt.Errorf("connection file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("connection file: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
