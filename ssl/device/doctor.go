package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Health is the outcome of one check of the [Store.Doctor].
type Health int

const (
	Good   Health = iota // as it should be
	Absent               // not there, and not needed
	Bad                  // in the way of something; Finding.Remedy says what to do
)

// String is "ok", "—" or "BAD".
func (h Health) String() string { return [...]string{"ok", "—", "BAD"}[h] }

// Finding is one line of a [Report].
type Finding struct {
	Health Health
	What   string // "system", "plugin cpu"
	Detail string // what was found
	Remedy string // what to type, when it is bad
}

// Report is what the doctor found.
type Report []Finding

// OK says that nothing is bad.
func (r Report) OK() bool {
	for _, f := range r {
		if f.Health == Bad {
			return false
		}
	}
	return true
}

// String is a line for each finding, and one for each remedy below it.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r {
		fmt.Fprintf(&b, "%-3s  %-16s %s\n", f.Health, f.What, f.Detail)
		if f.Remedy != "" {
			fmt.Fprintf(&b, "     %-16s → %s\n", "", f.Remedy)
		}
	}
	return b.String()
}

// Doctor looks at everything that opening a backend depends on: the system and its C
// library, the environment, the folder of plugins, each plugin there (it is tried in a
// process of its own), devices and drivers, and, where the CPU plugin is not installed,
// whether its source answers. It changes nothing and takes a few seconds.
func (s *Store) Doctor(ctx context.Context) Report {
	var r Report
	add := func(h Health, what, detail, remedy string) { r = append(r, Finding{h, what, detail, remedy}) }
	add(Good, "system", fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), "")
	r = append(r, checkLibC(libC(ctx)))
	r = append(r, s.checkEnv()...)
	r = append(r, s.checkStore())
	works := false
	for _, p := range s.List() {
		f := s.checkPlugin(ctx, p)
		works = works || f.Health == Good
		r = append(r, f)
	}
	r = append(r, checkDevice("NVIDIA GPU", hasCUDA(), nvidiaDriver(), s.hasPlugin("cuda")), checkDevice("TPU", hasTPU(), "", s.hasPlugin("tpu")))
	if !works {
		r = append(r, s.checkSource(ctx))
	}
	return r
}

// hasPlugin says whether a plugin for a device is there.
func (s *Store) hasPlugin(device string) bool {
	for _, p := range s.List() {
		if p.Device == device && p.Path != "" {
			return true
		}
	}
	return false
}

// libC is the version of the GNU C library, "" where there is none or it does not say.
func libC(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "getconf", "GNU_LIBC_VERSION").Output()
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "glibc ")
}

// checkLibC compares with what the wheels of the table are built for: manylinux_2_27.
func checkLibC(version string) Finding {
	const needed = 27
	f := Finding{What: "C library", Detail: "glibc " + version}
	if version == "" {
		f.Health, f.Detail = Absent, "no GNU C library was found; plugins for Linux need glibc 2.27 or later"
		return f
	}
	major, minor, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(minor); major == "2" && err == nil && n < needed {
		f.Health = Bad
		f.Detail += ", but the plugins need 2.27 or later"
		f.Remedy = "use a newer system, or gossl --backend go"
	}
	return f
}

// checkEnv looks at the variables that choose and change a backend.
func (s *Store) checkEnv() (out []Finding) {
	if name := os.Getenv(EnvName); name != "" {
		f := Finding{What: EnvName, Detail: name}
		if _, err := s.parseName(name); err != nil {
			f.Health, f.Detail, f.Remedy = Bad, strings.TrimPrefix(err.Error(), "device: "), "correct or unset "+EnvName
		}
		out = append(out, f)
	}
	if name, err := s.Choice(); err != nil {
		out = append(out, Finding{Bad, "chosen backend", strings.TrimPrefix(err.Error(), "device: "), "gossl backend use auto"})
	} else if name != "" {
		f := Finding{What: "chosen backend", Detail: name}
		if _, err := s.parseName(name); err != nil {
			f.Health, f.Detail, f.Remedy = Bad, strings.TrimPrefix(err.Error(), "device: "), "gossl backend use auto"
		}
		out = append(out, f)
	}
	for _, name := range []string{"XLA_FLAGS", "PJRT_PLUGIN_LIBRARY_PATH", "HTTPS_PROXY", "https_proxy", CacheEnv} {
		if v := os.Getenv(name); v != "" {
			out = append(out, Finding{What: name, Detail: v})
		}
	}
	return out
}

// checkStore says whether plugins can be installed. It looks at the nearest folder that
// exists and makes none.
func (s *Store) checkStore() Finding {
	f := Finding{What: "plugin folder", Detail: s.Dir}
	dir := s.Dir
	for {
		st, err := os.Stat(dir)
		if err == nil && !st.IsDir() {
			f.Health, f.Detail = Bad, dir+" is a file"
			break
		}
		if err == nil {
			probe, err := os.CreateTemp(dir, tempPrefix)
			if err != nil {
				f.Health, f.Detail = Bad, err.Error()
				break
			}
			probe.Close()
			os.Remove(probe.Name())
			return f
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			f.Health, f.Detail = Bad, err.Error()
			break
		}
		dir = filepath.Dir(dir)
	}
	f.Remedy = "set " + CacheEnv + " to a folder that can be written"
	return f
}

// checkPlugin verifies and tries one plugin.
func (s *Store) checkPlugin(ctx context.Context, p Plugin) Finding {
	f := Finding{What: "plugin " + p.Name, Detail: p.Origin}
	switch {
	case p.Path == "":
		f.Health = Absent
		return f
	case p.Device == "cuda" && !hasCUDA(), p.Device == "tpu" && !hasTPU():
		f.Health, f.Detail = Absent, p.Origin+"; there is no such device"
		return f
	}
	if pin, err := s.pin(p.Name); err == nil {
		if err := verifyAll(s.home(pin), p.Name); err != nil {
			f.Health, f.Detail, f.Remedy = Bad, err.Error(), "gossl backend install "+p.Name
			return f
		}
	}
	answer, err := probe(ctx, p.Path, "")
	if err != nil {
		detail, remedy, found := strings.Cut(strings.TrimPrefix(err.Error(), "device: "), "; ")
		f.Health, f.Detail = Bad, detail
		if found {
			f.Remedy = remedy
		}
		return f
	}
	f.Detail = fmt.Sprintf("works: PJRT %s, %d %s device(s); %s", answer.API, len(answer.Devices), answer.Platform, p.Origin)
	if p.Version != "" {
		f.Detail = p.Version + " " + f.Detail
	}
	return f
}

// nvidiaDriver is the version line of the driver, "" without one.
func nvidiaDriver() string {
	raw, err := os.ReadFile("/proc/driver/nvidia/version")
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimSpace(strings.TrimPrefix(line, "NVRM version:"))
}

// checkDevice says whether a device that is there has a plugin.
func checkDevice(name string, present bool, driver string, plugin bool) Finding {
	f := Finding{What: name, Detail: "there is one"}
	if driver != "" {
		f.Detail += ", " + driver
	}
	switch {
	case !present:
		f.Health, f.Detail = Absent, "there is none"
	case !plugin:
		f.Health = Bad
		f.Detail += ", and no plugin for it"
		f.Remedy = installer(map[string]string{"NVIDIA GPU": "cuda", "TPU": "tpu"}[name], driver)
	}
	return f
}

// checkSource asks the source of the CPU plugin for its first byte.
func (s *Store) checkSource(ctx context.Context) Finding {
	f := Finding{What: "CPU plugin"}
	pin, err := s.pin("cpu")
	if err != nil {
		return Finding{Bad, f.What, strings.TrimPrefix(err.Error(), "device: "), "gossl --backend go"}
	}
	ctx, cancel := context.WithTimeout(ctx, max(s.Patience, time.Millisecond))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, pin.Parts[0].URL, nil)
	if err == nil {
		var resp *http.Response
		if resp, err = s.Client.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				f.Detail, f.Remedy = fmt.Sprintf("not installed; %s answers", host(pin.Parts[0].URL)), "gossl backend install cpu"
				return f
			}
			err = fmt.Errorf("it answered %s", resp.Status)
		}
	}
	f.Health, f.Detail = Bad, fmt.Sprintf("not installed, and %s cannot be reached: %v", host(pin.Parts[0].URL), err)
	f.Remedy = "check the network and HTTPS_PROXY; until then gossl uses its pure-Go backend"
	return f
}
