package jupyter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadConnection(t *testing.T) {
	const good = `{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,` +
		`"key":"k","signature_scheme":"hmac-sha256","kernel_name":"gossl","jupyter_session":"x.ipynb"}`
	path := filepath.Join(t.TempDir(), "c.json")
	read := func(text string) (Connection, error) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadConnection(path)
	}
	c, err := read(good)
	if err != nil || c.ShellPort != 1 || c.HBPort != 5 || c.endpoint(7) != "tcp://127.0.0.1:7" {
		t.Errorf("ReadConnection = %+v, %v", c, err)
	}
	if c, err := read(strings.NewReplacer(`"tcp"`, `"ipc"`, "127.0.0.1", "/tmp/k").Replace(good)); err != nil || c.endpoint(2) != "ipc:///tmp/k-2" {
		t.Errorf("ipc: %+v, %v", c, err)
	}
	tests := []struct{ old, new, want string }{
		{good, "{", "unexpected end"},
		{`"tcp"`, `"epgm"`, "want tcp or ipc"},
		{`127.0.0.1`, `*`, "numeric address"},
		{`127.0.0.1`, `example.org`, "numeric address"},
		{`"key":"k"`, `"key":""`, "key is empty"},
		{`hmac-sha256`, `hmac-md5`, "want hmac-sha256"},
		{`"shell_port":1`, `"shell_port":70000`, "0 to 65535"},
		{`"shell_port":1`, `"shell_port":"1"`, "string"},
		{`"key":"k"`, `"key":"k","curve_publickey":"x"`, "go together"},
		{`"key":"k"`, `"key":"k","curve_publickey":"x","curve_secretkey":"y"`, "40 characters"},
	}
	for _, test := range tests {
		if c, err := read(strings.Replace(good, test.old, test.new, 1)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s: %+v, %v, want an error with %q", test.new, test.old, c, err, test.want)
		}
	}
	if _, err := ReadConnection(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file gave no error")
	}
}

func TestWriteConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.json")
	want := Connection{Transport: "tcp", IP: "127.0.0.1", ShellPort: 9, Key: "k", SignatureScheme: "hmac-sha256"}
	for range 2 {
		if err := want.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
	if got, err := ReadConnection(path); err != nil || got != want {
		t.Errorf("ReadConnection = %+v, %v, want %+v", got, err, want)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("files left over: %v", files)
	}
	if err := want.Write(filepath.Join(filepath.Dir(path), "no", "c.json")); err == nil {
		t.Error("writing into a missing directory gave no error")
	}
}
