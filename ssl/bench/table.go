package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/device"
	"github.com/gossl/gossl/ssl/sparse"
)

// row is one line of the tables: a method, perhaps with a SparseHead.
type row struct {
	Method  string
	Penalty string  `json:",omitempty"`
	Lambda  float64 `json:",omitempty"`
}

// result is what one training of a row reached. Results lie in a file, one JSON object a
// line, so that the tables can be made in pieces.
type result struct {
	row
	Library    string // "gossl", or what made it
	Seed       int64
	Images     int
	Steps      int
	Loss       float64 // mean contrastive loss of the last epoch, or of the last 78 steps
	Linear     float64 // per cent
	KNN20      float64
	KNN200     float64
	RankH      float64
	RankZ      float64
	Negligible float64 // per cent of the features
	Zero       float64 // per cent
	Seconds    float64 // of training
	Date       string
}

// families are the penalties and weights of the second table, on three methods.
var families = []struct {
	penalty string
	lambdas []float64
}{
	{"group-hoyer", []float64{0.1, 1, 10}},
	{"group-l21", []float64{0.01, 0.1, 1}},
	{"l1", []float64{0.001, 0.01, 0.1}},
	{"log-sum", []float64{0.01, 0.1, 1}},
	{"group-entropy", []float64{0.1, 1, 10}},
}

// rows lists the rows of a table.
func rows(which string) ([]row, error) {
	var out []row
	switch which {
	case "methods":
		for _, m := range ssl.Methods() {
			out = append(out, row{Method: m})
		}
	case "sparse":
		for _, f := range families {
			for _, lambda := range f.lambdas {
				for _, m := range []string{"simclr", "barlow-twins", "byol"} {
					out = append(out, row{m, f.penalty, lambda})
				}
			}
		}
	default:
		return nil, fmt.Errorf("table %q is unknown; there are methods and sparse", which)
	}
	return out, nil
}

// table trains the rows that the file of results lacks and prints both tables.
//
//	-only methods,sparse   which tables; none only prints
//	-match byol            only rows whose method or penalty contains it
//	-minutes 20            begin no further training after so long
func table(args []string) error {
	flags := flag.NewFlagSet("table", flag.ContinueOnError)
	only := flags.String("only", "methods,sparse", "tables to train for, separated by commas; none only prints")
	match := flags.String("match", "", "only rows whose method or penalty contains this")
	seeds := flags.Int("seeds", 3, "seeds, from 0")
	images := flags.Int("images", 20000, "training images, the first of the set")
	steps := flags.Int("steps", 390, "steps of 256 images")
	minutes := flags.Float64("minutes", 0, "begin no further training after so many minutes; 0 for no limit")
	file := flags.String("file", "ssl/bench/results.jsonl", "file of results, read and added to")
	backend := flags.String("backend", "", "backend; see gossl backend")
	if err := flags.Parse(args); err != nil {
		return err
	}
	done, err := readResults(*file)
	if err != nil {
		return err
	}
	var missing []result
	if *only != "none" {
		for seed := range int64(*seeds) {
			for _, which := range strings.Split(*only, ",") {
				list, err := rows(which)
				if err != nil {
					return err
				}
				for _, r := range list {
					want := result{row: r, Library: "gossl", Seed: seed, Images: *images, Steps: *steps}
					if !slices.ContainsFunc(done, want.same) && strings.Contains(r.Method+" "+r.Penalty, *match) {
						missing = append(missing, want)
					}
				}
			}
		}
	}
	if len(missing) > 0 {
		if done, err = fill(done, missing, *file, *backend, time.Duration(*minutes*float64(time.Minute))); err != nil {
			return err
		}
	}
	print(done, *images, *steps)
	return nil
}

// same reports whether two results are of the same training.
func (r result) same(o result) bool {
	return r.row == o.row && r.Library == o.Library && r.Seed == o.Seed && r.Images == o.Images && r.Steps == o.Steps
}

// fill trains what is missing and adds each result to the file as soon as it is there.
func fill(done, missing []result, file, backend string, limit time.Duration) ([]result, error) {
	begun := time.Now()
	set, err := data.LoadFashionMNIST("")
	if err != nil {
		return nil, err
	}
	b, _, err := device.Open(context.Background(), backend, device.Options{})
	if err != nil {
		return nil, err
	}
	lab := ssl.NewLab(b)
	defer lab.Close()
	for i, want := range missing {
		if limit > 0 && time.Since(begun) > limit {
			fmt.Fprintf(os.Stderr, "%d of %d trainings are left for another time\n", len(missing)-i, len(missing))
			return done, nil
		}
		got, err := train(lab, set.First(want.Images, set.Test.N), want)
		if err != nil {
			// A method that fails is a row of the table too: it is named, and the others go on.
			fmt.Fprintf(os.Stderr, "%v seed %d: %v\n", want.row, want.Seed, err)
			continue
		}
		if err := appendResult(file, got); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%d/%d %v seed %d: loss %.3f, linear %.2f, kNN %.2f, negligible %.1f %%, %.0f s\n",
			i+1, len(missing), got.row, got.Seed, got.Loss, got.Linear, got.KNN200, got.Negligible, got.Seconds)
		done = append(done, got)
	}
	return done, nil
}

// train is one training and its evaluation.
func train(lab *ssl.Lab, set *data.Set, want result) (result, error) {
	e, err := ssl.NewExperiment(want.Method, set)
	if err != nil {
		return want, err
	}
	if want.Penalty != "" {
		e.Sparse = sparse.Head{Penalty: want.Penalty, Lambda: want.Lambda}
	}
	e.Steps, e.Seed = want.Steps, want.Seed
	begun := time.Now()
	r, err := lab.Start(e)
	if err != nil {
		return want, err
	}
	defer r.Stop()
	if err := r.Wait(); err != nil {
		return want, err
	}
	got := want
	got.Seconds = time.Since(begun).Seconds()
	got.Loss = r.Metrics().Mean("contrast", 78)
	report, err := r.EvaluateContext(context.Background())
	if err != nil {
		return want, err
	}
	got.Linear, got.KNN20, got.KNN200 = 100*report.Linear, 100*report.KNN[20], 100*report.KNN[200]
	got.RankH, got.RankZ = report.RankH, report.RankZ
	if s := report.Sparse; s != nil {
		got.Negligible, got.Zero = 100*s.Share(), 100*float64(s.Zero)/float64(s.Features)
	}
	got.Date = time.Now().UTC().Format(time.DateOnly)
	return got, nil
}

func readResults(file string) ([]result, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []result
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		out = append(out, r)
	}
	return out, lines.Err()
}

func appendResult(file string, r result) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// print writes both tables in Markdown: means over the seeds, ± half the range where there
// are several.
func print(results []result, images, steps int) {
	fmt.Printf("%d images, %d steps of 256\n\n", images, steps)
	groups := map[string][]result{}
	var order []string
	for _, r := range results {
		if r.Images != images || r.Steps != steps {
			continue
		}
		key := fmt.Sprint(r.row, r.Library)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], r)
	}
	for _, sparse := range []bool{false, true} {
		header := []string{"method", "library", "seeds", "loss", "linear", "kNN 20", "kNN 200", "RankMe h", "RankMe z"}
		if sparse {
			header = []string{"method", "penalty", "λ", "seeds", "linear", "kNN 200", "RankMe h", "negligible", "zero"}
		}
		fmt.Printf("| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat("---|", len(header)))
		for _, key := range order {
			g := groups[key]
			if (g[0].Penalty != "") != sparse {
				continue
			}
			cells := []string{g[0].Method, g[0].Library, fmt.Sprint(len(g)),
				mean(g, 3, func(r result) float64 { return r.Loss }), mean(g, 2, func(r result) float64 { return r.Linear }),
				mean(g, 2, func(r result) float64 { return r.KNN20 }), mean(g, 2, func(r result) float64 { return r.KNN200 }),
				mean(g, 1, func(r result) float64 { return r.RankH }), mean(g, 1, func(r result) float64 { return r.RankZ })}
			if sparse {
				cells = []string{g[0].Method, g[0].Penalty, fmt.Sprintf("%g", g[0].Lambda), fmt.Sprint(len(g)),
					mean(g, 2, func(r result) float64 { return r.Linear }), mean(g, 2, func(r result) float64 { return r.KNN200 }),
					mean(g, 1, func(r result) float64 { return r.RankH }),
					mean(g, 1, func(r result) float64 { return r.Negligible }) + " %", mean(g, 1, func(r result) float64 { return r.Zero }) + " %"}
			}
			fmt.Printf("| %s |\n", strings.Join(cells, " | "))
		}
		fmt.Println()
	}
}

func mean(g []result, decimals int, of func(r result) float64) string {
	sum, low, high := 0.0, math.Inf(1), math.Inf(-1)
	for _, r := range g {
		v := of(r)
		sum, low, high = sum+v, min(low, v), max(high, v)
	}
	s := fmt.Sprintf("%.*f", decimals, sum/float64(len(g)))
	if len(g) > 1 {
		s += fmt.Sprintf(" ± %.*f", decimals, (high-low)/2)
	}
	return s
}
