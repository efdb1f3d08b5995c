package data

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// reopens checks that a set's origin survives JSON and leads to the same set.
func reopens(t *testing.T, set *Set) {
	t.Helper()
	text, err := json.Marshal(set.Origin)
	if err != nil {
		t.Fatal(err)
	}
	var o Origin
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	again, err := Open(o)
	if err != nil {
		t.Fatalf("Open(%s) of %v: %v", text, set, err)
	}
	if again.Fingerprint() != set.Fingerprint() || again.Name != set.Name || !slices.Equal(again.Classes, set.Classes) {
		t.Errorf("Open(%s) is %v with classes %v, want %v with %v", text, again, again.Classes, set, set.Classes)
	}
}

// A part of a set is taken again as it was, and from another place.
func TestOpenParts(t *testing.T) {
	dir, moved := t.TempDir(), t.TempDir()
	cifar10(t, dir)
	cifar10(t, moved)
	set, err := LoadCIFAR10(dir)
	if err != nil {
		t.Fatal(err)
	}
	held, err := set.First(30, 5).Holdout(3)
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, held)
	reopens(t, held.First(7, 2))
	if len(set.Origin.Parts) != 0 || len(held.Origin.Parts) != 2 {
		t.Errorf("parts %v of the set, %v of its part", set.Origin.Parts, held.Origin.Parts)
	}
	for _, flag := range []string{moved, "cifar10:" + moved} {
		o, err := ParseOrigin(flag, held.Origin)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(o)
		if err != nil || again.Fingerprint() != held.Fingerprint() || !strings.HasPrefix(o.String(), "cifar10:"+moved) {
			t.Errorf("Open(%v) = %v, %v", o, again, err)
		}
	}
	embedded, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, embedded.First(20, 10))
}

func TestParseOrigin(t *testing.T) {
	abs := func(path string) string {
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for text, want := range map[string]string{
		"npy:x.npy,y.npy":   "npy:" + abs("x.npy") + "," + abs("y.npy"),
		"fashion-mnist":     "fashion-mnist",
		"folder:/a:b":       "folder:/a:b",
		"/photos":           "folder:/photos",
		"./odd:name":        "folder:" + abs("odd:name"),
		"parquet:a/*.p,b.p": "parquet:" + abs("a/*.p") + "," + abs("b.p"),
	} {
		o, err := ParseOrigin(text, Origin{Loader: "folder", Paths: []string{"/old"}})
		if err != nil || o.String() != want {
			t.Errorf("ParseOrigin(%q) = %v, %v, want %s", text, o, err, want)
		}
	}
	for text, want := range map[string]string{
		"zip:/a":    `"zip:/a" does not begin with the kind of the set; write KIND:PATH, the kind being one of cifar10, `,
		"cifar10":   "cifar10: 0 paths; it takes 1 to 1",
		"npz:/a,/b": "2 paths; it takes 1 to 1",
		"npy:a,b,c": "3 paths; it takes 1 to 2",
	} {
		if _, err := ParseOrigin(text, Origin{Loader: "folder"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseOrigin(%q) = %v, want %q", text, err, want)
		}
	}
	if _, err := ParseOrigin("/photos", Origin{}); err == nil || !strings.Contains(err.Error(), "write KIND:PATH") {
		t.Errorf("a path without a kind: %v", err)
	}
	if _, err := Open(Origin{}); err == nil || !strings.Contains(err.Error(), "made by a program") {
		t.Errorf("Open of a program's set = %v", err)
	}
	if _, err := Open(Origin{Loader: "tape"}); err == nil || !strings.Contains(err.Error(), `no loader "tape"`) {
		t.Errorf("Open of an unknown kind = %v", err)
	}
}
