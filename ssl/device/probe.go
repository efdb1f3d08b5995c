package device

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"github.com/gomlx/gomlx/core/graph"
	"k8s.io/klog/v2"
)

// probeEnv, when set, makes a process that links this package probe the plugin it names
// and end: see init.
const probeEnv = "GOSSL_PROBE_PLUGIN"

// probePatience bounds a probe: a CPU plugin needs 0.3 s, a GPU's client several.
const probePatience = 90 * time.Second

// probed is what a plugin says of itself when it works.
type probed struct {
	API      string   // "0.81", the version of the PJRT interface
	Platform string   // "cpu", "cuda", "tpu"
	Devices  []string // one line each
	Err      string   // why it does not work
}

// probe loads a plugin in a process of its own and computes with it there, so that
// a plugin that crashes, or XLA_FLAGS that it ends the process for, cannot take
// the session down.
func probe(ctx context.Context, path, options string) (probed, error) {
	self := "/proc/self/exe" // also when the program's file was replaced meanwhile
	if runtime.GOOS != "linux" {
		exe, err := os.Executable()
		if err != nil {
			return probed{}, fmt.Errorf("device: probing %s: %w", path, err)
		}
		self = exe
	}
	ctx, cancel := context.WithTimeoutCause(ctx, probePatience, fmt.Errorf("it did not answer within %v", probePatience))
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		return probed{}, fmt.Errorf("device: probing %s: %w", path, err)
	}
	defer r.Close()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), probeEnv+"="+path+"\n"+options)
	cmd.ExtraFiles = []*os.File{w}
	said := &headBuffer{limit: 64 << 10}
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Start()
	w.Close()
	if err != nil {
		return probed{}, fmt.Errorf("device: probing %s: %w", path, err)
	}
	var p probed
	answers := 0
	for in := json.NewDecoder(r); in.Decode(&p) == nil; { // until the process ends
		answers++
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		return probed{}, fmt.Errorf("device: plugin %s: %w", path, context.Cause(ctx))
	}
	if answers == 2 {
		if p.Err != "" {
			return p, explainPlugin(path, p.Err, said.String())
		}
		return p, nil
	}
	how := "it ended without an answer"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		how = "it ended its process with " + exit.String()
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			how = "it crashed (" + ws.Signal().String() + ")"
		} else if m := goCrash.FindStringSubmatch(said.String()); m != nil {
			how = "it crashed (" + m[1] + ")"
		}
	}
	if p.API != "" && p.API != knownAPI {
		how += fmt.Sprintf("; it speaks version %s of the PJRT interface, and gossl was built for %s", p.API, knownAPI)
	}
	return p, explainPlugin(path, how, said.String())
}

// knownAPI is the version of the PJRT interface that go-xla v0.4.1 is written for
// (PJRT_API_MAJOR and PJRT_API_MINOR in its pjrt_c_api.h). Others of the same major number
// usually work: the default plugin speaks 0.81.
const knownAPI = "0.104"

// goCrash is how Go's runtime reports a signal that arrived in C code.
var goCrash = regexp.MustCompile(`(?m)^(?:\[signal )?(SIG[A-Z]+: [a-z ]+?)(?: code=.*)?$`)

// init turns this process into a probe when probe started it.
func init() {
	xla.EnableAutoInstall(false) // installing is this package's work: pinned, and with a time limit
	request, ok := os.LookupEnv(probeEnv)
	if !ok {
		return
	}
	klog.LogToStderr(false) // go-xla logs what it also returns as an error
	klog.SetOutput(io.Discard)
	path, options, _ := strings.Cut(request, "\n")
	out := json.NewEncoder(os.NewFile(3, "answer"))
	preload(path)
	// Twice: what is known before the plugin is called may be all that it lives to say.
	if err := out.Encode(probed{API: apiVersion(path)}); err != nil {
		os.Exit(1)
	}
	if err := out.Encode(probeHere(path, options)); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// probeHere loads a plugin into this process, asks who it is, and lets it add 1 to 41.
func probeHere(path, options string) (p probed) {
	plugin, err := pjrt.GetPlugin(path)
	if err != nil {
		return probed{Err: err.Error()}
	}
	major, minor := plugin.Version()
	p.API = fmt.Sprintf("%d.%d", major, minor)
	_, set, err := cutCPU(options)
	if err != nil {
		return probed{API: p.API, Err: err.Error()}
	}
	clientOptions := set.clientOptions()
	if plugin.IsCUDA() {
		clientOptions = pjrt.NamedValuesMap{"preallocate": false}
	}
	client, err := plugin.NewClient(clientOptions)
	if err != nil {
		return probed{API: p.API, Err: err.Error()}
	}
	platform := client.Platform()
	for _, d := range client.AddressableDevices() {
		if desc, err := d.GetDescription(); err == nil {
			p.Devices = append(p.Devices, desc.DebugString())
		}
	}
	if err := client.Destroy(); err != nil {
		return probed{API: p.API, Err: err.Error()}
	}
	backend, err := newXLA(path, platform, options)
	if err != nil {
		return probed{API: p.API, Err: err.Error()}
	}
	defer backend.Finalize()
	sum, err := graph.ExecOnce(backend, func(x *graph.Node) *graph.Node { return graph.AddScalar(x, 1) }, float32(41))
	if err != nil {
		return probed{API: p.API, Err: "it cannot compute: " + err.Error()}
	}
	if got, ok := sum.Value().(float32); !ok || got != 42 {
		return probed{API: p.API, Err: fmt.Sprintf("it computes 41 + 1 = %v", sum.Value())}
	}
	p.Platform = platform
	return p
}

// explainPlugin makes an error of what a plugin said, with the remedy where the cause is
// one that is known.
func explainPlugin(path, how, output string) error {
	all := how + "\n" + output
	remedy := ""
	for _, known := range []struct{ sign, remedy string }{
		{"Unknown flag", "correct or unset XLA_FLAGS"},
		{"GLIBC_", "this system's C library is older than the plugin needs: use a newer system, or --backend go"},
		{"GLIBCXX_", "this system's C++ library is older than the plugin needs: install a newer libstdc++, or use --backend go"},
		{"SIGBUS", "the file is truncated or damaged: install the plugin again (`gossl backend install cpu`)"},
		{"file too short", "the file is truncated: install the plugin again (`gossl backend install cpu`)"},
		{"invalid ELF header", "the file is damaged or no plugin: install it again (`gossl backend install cpu`)"},
		{"wrong ELF class", "the plugin was built for another processor"},
		{"failed to stat", "there is no such file: give the plugin's path, or `gossl backend list`"},
		{"GetPjrtApi", "this library is no PJRT plugin"},
		{"libcuda.so", "the NVIDIA driver is missing: install it, or use --backend cpu"},
		{"Could not find cuda drivers", "the NVIDIA driver is missing or sees no GPU: check with nvidia-smi, or use --backend cpu"},
		{"No visible GPU devices", "no GPU is visible: check the driver with nvidia-smi, and CUDA_VISIBLE_DEVICES, or use --backend cpu"},
		{"CUDA_ERROR_NO_DEVICE", "no NVIDIA device is visible: check the driver with nvidia-smi, or use --backend cpu"},
		{"CUDA_ERROR_INVALID_DEVICE", "there is no such device: see nvidia-smi -L"},
		{"insufficient for CUDA runtime", "the NVIDIA driver is too old for this plugin: update it, or `gossl backend install cuda12`"},
		{"unknown plugin options", "correct the options after the comma in the backend's name"},
		{"No space left", "the disk is full"},
	} {
		if strings.Contains(all, known.sign) {
			remedy = known.remedy
			break
		}
	}
	if remedy == "" && os.Getenv("XLA_FLAGS") != "" {
		remedy = "XLA_FLAGS is set; try without it"
	}
	if remedy == "" {
		remedy = "install another (`gossl backend list`), or use --backend go"
	}
	if line := telling(output); line != "" && !strings.Contains(how, line) {
		how += ": " + line
	}
	return fmt.Errorf("device: plugin %s does not work: %s; %s", path, how, remedy)
}

// logHead is what Google's and Kubernetes' logs put before a message.
var logHead = regexp.MustCompile(`^[IWEF]\d{4} [\d:.]+\s+\d+ [\w.]+:\d+\] `)

// telling is the line of a plugin's output that most likely names the cause: the first
// that a log calls fatal, else the last.
func telling(output string) string {
	last := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "***") || strings.HasPrefix(line, "WARNING: All log messages") {
			continue
		}
		text := logHead.ReplaceAllString(line, "")
		if text != line && line[0] == 'F' {
			return text
		}
		last = text
	}
	if goCrash.MatchString(output) {
		return "" // the rest is the state of the processor
	}
	return last
}

// headBuffer keeps the first limit bytes written to it.
type headBuffer struct {
	buf   bytes.Buffer
	limit int
}

func (h *headBuffer) Write(p []byte) (int, error) {
	h.buf.Write(p[:min(len(p), h.limit-h.buf.Len())])
	return len(p), nil
}

func (h *headBuffer) String() string { return h.buf.String() }

// probeCached is probe, remembering what worked: for CPU plugins, whose answer depends on
// nothing but the file, the flags and this program, a second start saves 0.3–1 s.
func (s *Store) probeCached(ctx context.Context, path, options string) (probed, error) {
	key := probeKey(path, options)
	file := filepath.Join(s.Dir, "probes.json")
	seen := map[string]probed{}
	if raw, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(raw, &seen) // a damaged cache is an empty one
	}
	if p, ok := seen[key]; ok && key != "" && p.Platform != "" {
		return p, nil
	}
	p, err := probe(ctx, path, options)
	if err != nil || key == "" || (p.Platform != "cpu" && p.Platform != "Host") {
		return p, err
	}
	if len(seen) > 50 {
		clear(seen)
	}
	seen[key] = p
	if raw, err := json.Marshal(seen); err == nil && os.MkdirAll(s.Dir, 0o755) == nil {
		_ = writeAtomically(file, raw) // best effort: the next start probes again
	}
	return p, nil
}

// probeKey names all that the outcome of a probe depends on, or is "" when that cannot be
// told.
func probeKey(path, options string) string {
	st, err := os.Stat(path)
	if err != nil {
		return ""
	}
	stamp, ok := fileStamp(st)
	if !ok {
		return ""
	}
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	program, err := os.Stat(exe)
	if err != nil {
		return ""
	}
	self, ok := fileStamp(program)
	if !ok {
		return ""
	}
	return strings.Join([]string{path, options, stamp, self, os.Getenv("XLA_FLAGS"), os.Getenv("LD_LIBRARY_PATH"), os.Getenv("LD_PRELOAD")}, "\x00")
}
