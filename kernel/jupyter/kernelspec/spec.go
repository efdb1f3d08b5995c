package kernelspec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Spec is what Jupyter should know of the kernel.
type Spec struct {
	Name    string            // of the directory, and in notebooks: "gossl"
	Display string            // what users see: "Go (gossl)"
	Argv    []string          // program, arguments and "{connection_file}"
	Env     map[string]string // set for the kernel; may be nil
}

// Gossl returns the spec under which the program at the given absolute path is
// installed; the program gets the words of args and then the connection file.
func Gossl(program string, args ...string) Spec {
	return Spec{Name: "gossl", Display: "Go (gossl)", Argv: append(append([]string{program}, args...), "{connection_file}")}
}

// AsGoNB returns the same kernel under GoNB's name, so that notebooks written with
// GoNB open unchanged.
func (s Spec) AsGoNB() Spec {
	s.Name, s.Display = "gonb", "Go (gonb)"
	return s
}

// file is kernel.json.
type file struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode"`
	ProtocolVersion string            `json:"kernel_protocol_version"`
	Env             map[string]string `json:"env,omitempty"`
	Metadata        metadata          `json:"metadata"`
}

type metadata struct {
	Implementation      string   `json:"implementation"` // by which we know our own
	SupportedEncryption []string `json:"supported_encryption,omitempty"`
	Debugger            bool     `json:"debugger"`
}

const implementation = "gossl"

// ErrForeign is the cause when a kernel of the same name belongs to another program.
var ErrForeign = errors.New("a kernel of this name belongs to another program")

// names are the kernel names that Jupyter accepts.
var names = regexp.MustCompile(`^[a-z0-9._-]+$`)

// Install writes the spec under dir, which is made when it is missing, and returns
// its directory. An older one of ours is replaced; one of another program only with force.
func (s Spec) Install(dir string, force bool) (string, error) {
	if !names.MatchString(s.Name) {
		return "", fmt.Errorf("kernel name %q: small letters, digits, and . _ - are allowed", s.Name)
	}
	if len(s.Argv) == 0 || !filepath.IsAbs(s.Argv[0]) {
		return "", fmt.Errorf("kernel %s: the program has to be named by its absolute path", s.Name)
	}
	target := filepath.Join(dir, s.Name)
	if err := ours(target); err != nil && !errors.Is(err, fs.ErrNotExist) && !force {
		return "", err
	}
	text, err := json.MarshalIndent(file{
		Argv: s.Argv, DisplayName: s.Display, Language: "go", InterruptMode: "message", ProtocolVersion: "5.5", Env: s.Env,
		Metadata: metadata{Implementation: implementation, SupportedEncryption: []string{"curve"}},
	}, "", "  ")
	if err != nil {
		return "", err
	}
	files := map[string][]byte{"kernel.json": append(text, '\n'), "logo-svg.svg": logoSVG()}
	for _, size := range []int{32, 64} {
		if files[fmt.Sprintf("logo-%dx%d.png", size, size)], err = logoPNG(size); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("installing kernel %s: %w", s.Name, err)
	}
	if err := replace(target, files); err != nil {
		return "", fmt.Errorf("installing kernel %s: %w", s.Name, err)
	}
	return target, nil
}

// replace writes the files beside the target and then exchanges the directories.
func replace(target string, files map[string][]byte) (err error) {
	temp, err := os.MkdirTemp(filepath.Dir(target), ".gossl-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	fresh, old := filepath.Join(temp, "new"), filepath.Join(temp, "old")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), text, 0o644); err != nil {
			return err
		}
	}
	if err := os.Rename(target, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(fresh, target)
}

// Remove removes the kernel of that name under dir, when it is ours or by force.
func Remove(dir, name string, force bool) error {
	if !names.MatchString(name) {
		return fmt.Errorf("kernel name %q: small letters, digits, and . _ - are allowed", name)
	}
	target := filepath.Join(dir, name)
	err := ours(target)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no kernel %s is installed in %s", name, dir)
	}
	if err != nil && !force {
		return err
	}
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("removing kernel %s: %w", name, err)
	}
	return nil
}

// ours returns nil when a kernel directory was written by Install, an error that
// is ErrForeign when another program wrote it, and fs.ErrNotExist when there is none.
func ours(target string) error {
	if _, err := os.Lstat(target); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(target, "kernel.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var f file
	if !bytes.Contains(text, []byte(implementation)) || json.Unmarshal(text, &f) != nil || f.Metadata.Implementation != implementation {
		return fmt.Errorf("%s: %w; --force replaces or removes it", target, ErrForeign)
	}
	return nil
}
