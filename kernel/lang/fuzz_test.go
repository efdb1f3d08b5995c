package lang_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// generatedParts is how many parts the programs of one build have: building a program costs more than running it.
const generatedParts = 25

var seeds = flag.Int("seeds", 1, "how many programs FuzzPrograms compares without -fuzz")

// FuzzPrograms compares what generated programs print when interpreted with what they print when compiled. Without
// -fuzz it takes the same programs every time.
func FuzzPrograms(f *testing.F) {
	if _, err := exec.LookPath("go"); err != nil {
		f.Skip("no go tool")
	}
	for i := range *seeds {
		f.Add(uint64(i + 1))
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		prelude, parts := generated(seed, generatedParts)
		all := map[int]string{}
		for i, p := range parts {
			all[i] = p
		}
		src := generatedProgram(prelude, all)
		want := compiledOutput(t, src)
		whole, status, err := runProgram(t, "main.go", src)
		if err == nil && status == 0 && whole == want {
			return
		}
		// Something differs: find the parts, one by one.
		wants := splitOutput(want)
		found := 0
		for i, p := range parts {
			src := generatedProgram(prelude, map[int]string{i: p})
			got, status, err := runProgram(t, "main.go", src)
			if err != nil || status != 0 || got != wants[i] {
				if found++; found <= 3 {
					t.Errorf("part %d of seed %d: status %d, %v\n%s\n%s", i, seed, status, err, diff(wants[i], got), p)
				}
			}
		}
		if found == 0 {
			t.Errorf("seed %d: the program differs, and none of its parts alone: status %d, %v\n%s", seed, status, err, diff(want, whole))
		}
	})
}

// splitOutput cuts what a generated program prints into what its parts print.
func splitOutput(out string) map[int]string {
	m := map[int]string{}
	for i, s := range strings.Split("\n"+out, "\n== ") {
		if i > 0 {
			n, _, _ := strings.Cut(s, "\n")
			k, _ := strconv.Atoi(n)
			m[k] = "== " + strings.TrimSuffix(s, "\n") + "\n"
		}
	}
	return m
}

// compiledOutput is what a program prints when the go tool builds and runs it.
func compiledOutput(t *testing.T, src string) string {
	t.Helper()
	dir := t.TempDir()
	main := filepath.Join(dir, "main.go")
	if err := os.WriteFile(main, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "main")
	build := exec.Command("go", "build", "-gcflags=-N -l", "-ldflags=-s -w", "-o", bin, main)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s\n%s", err, out, src)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, bin).Output()
	if err != nil {
		t.Fatalf("the compiled program: %v\n%s", err, src)
	}
	return string(out)
}
