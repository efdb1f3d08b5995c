package data

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Origin says how a set was read, so that [Open] reads it again, another day or in another
// process. Every loader of this package notes it in [Set.Origin]; that of a set that a program
// made, by [FromImages] or by hand, is zero.
type Origin struct {
	Loader  string         `json:"loader"`            // "cifar10", "folder" …; "" when the set cannot be read again
	Paths   []string       `json:"paths,omitempty"`   // what the loader was given, absolute
	Name    string         `json:"name,omitempty"`    // that the loader was given for the set
	Classes []string       `json:"classes,omitempty"` // that the loader was given
	Options ParquetOptions `json:"options,omitzero"`  // of folders and Parquet files
	Coarse  bool           `json:"coarse,omitempty"`  // the twenty classes of CIFAR-100
	Extra   int            `json:"extra,omitempty"`   // unlabelled images of STL-10
	Parts   []Part         `json:"parts,omitempty"`   // what was taken of the set then, in this order
}

// Part is a step from a set to a part of it.
type Part struct {
	Train   int `json:"train,omitempty"` // [Set.First] with these counts, where Holdout is 0
	Test    int `json:"test,omitempty"`
	Holdout int `json:"holdout,omitempty"` // [Set.Holdout] with this number
}

// loader reads sets of one kind.
type loader struct {
	min, max int // paths
	load     func(o Origin) (*Set, error)
}

// loaders by the name that an [Origin] has for them.
var loaders = map[string]loader{
	"fashion-mnist":          {0, 1, func(o Origin) (*Set, error) { return LoadFashionMNIST(o.path(0)) }},
	"fashion-mnist-embedded": {0, 0, func(Origin) (*Set, error) { return EmbeddedFashionMNIST() }},
	"mnist":                  {1, 1, func(o Origin) (*Set, error) { return LoadMNIST(o.path(0), o.Name, o.Classes) }},
	"cifar10":                {1, 1, func(o Origin) (*Set, error) { return LoadCIFAR10(o.path(0)) }},
	"cifar10-pickle":         {1, 1, func(o Origin) (*Set, error) { return LoadCIFAR10Pickle(o.path(0)) }},
	"cifar100":               {1, 1, func(o Origin) (*Set, error) { return LoadCIFAR100(o.path(0), o.Coarse) }},
	"cifar100-pickle":        {1, 1, func(o Origin) (*Set, error) { return LoadCIFAR100Pickle(o.path(0), o.Coarse) }},
	"stl10":                  {1, 1, func(o Origin) (*Set, error) { return LoadSTL10(o.path(0), o.Extra) }},
	"npz":                    {1, 1, func(o Origin) (*Set, error) { return LoadNPZ(o.path(0), o.Name, o.Classes) }},
	"npy":                    {1, 2, func(o Origin) (*Set, error) { return LoadNPY(o.path(0), o.path(1), o.Name, o.Classes) }},
	"folder": {1, 1, func(o Origin) (*Set, error) {
		return LoadFolder(o.path(0), FolderOptions{o.Options.Format, o.Options.SkipBad})
	}},
	"parquet": {1, 2, func(o Origin) (*Set, error) { return LoadParquet(o.path(0), o.path(1), o.Options) }},
}

// path i, "" if there is none.
func (o Origin) path(i int) string {
	if i < len(o.Paths) {
		return o.Paths[i]
	}
	return ""
}

// at is the origin with paths, made absolute so that another working directory does not matter.
func (o Origin) at(paths ...string) Origin {
	o.Paths = nil
	for _, p := range paths {
		if p == "" {
			continue
		}
		if abs, err := filepath.Abs(p); err == nil {
			p = abs
		}
		o.Paths = append(o.Paths, p)
	}
	return o
}

// String is the origin as [ParseOrigin] reads it, such as "cifar10:/data/cifar".
func (o Origin) String() string {
	if o.Loader == "" {
		return "made by a program"
	}
	return strings.TrimSuffix(o.Loader+":"+strings.Join(o.Paths, ","), ":")
}

// ParseOrigin reads "LOADER:PATH", "LOADER:PATH,PATH" for the loaders that take two (npy:
// images and labels; parquet: training and test files), or "LOADER" alone. The loaders are
// fashion-mnist, fashion-mnist-embedded, mnist, cifar10, cifar10-pickle, cifar100, cifar100-pickle, stl10, npz, npy,
// folder and parquet. Everything else, and the loader of a path alone, is taken from like.
func ParseOrigin(text string, like Origin) (Origin, error) {
	name, paths, found := strings.Cut(text, ":")
	if _, known := loaders[name]; !known {
		if found && !strings.ContainsAny(name, `/\.`) || like.Loader == "" {
			return Origin{}, fmt.Errorf("data: %q does not begin with the kind of the set; write KIND:PATH, the kind being one of %s", text, loaderNames())
		}
		name, paths = like.Loader, text
	}
	o := like
	o.Loader = name
	o = o.at(strings.Split(paths, ",")...)
	return o, o.check()
}

func loaderNames() string { return strings.Join(slices.Sorted(maps.Keys(loaders)), ", ") }

func (o Origin) check() error {
	l, ok := loaders[o.Loader]
	switch n := len(o.Paths); {
	case o.Loader == "":
		return fmt.Errorf("data: the set was made by a program and cannot be read again")
	case !ok:
		return fmt.Errorf("data: there is no loader %q; there are %s", o.Loader, loaderNames())
	case n < l.min || n > l.max:
		return fmt.Errorf("data: %s: %d paths; it takes %d to %d", o, n, l.min, l.max)
	}
	return nil
}

// Open reads a set again, as it was read and as parts of it were taken.
func Open(o Origin) (*Set, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	set, err := loaders[o.Loader].load(o)
	if err != nil {
		return nil, err
	}
	for _, p := range o.Parts {
		if p.Holdout == 0 {
			set = set.First(p.Train, p.Test)
		} else if set, err = set.Holdout(p.Holdout); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// then notes that a part was taken.
func (o Origin) then(p Part) Origin {
	o.Parts = append(slices.Clone(o.Parts), p)
	return o
}
