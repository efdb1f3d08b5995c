package main

import (
	"fmt"
	"slices"
)

// generate makes the files of the selected groups, read from the module at dir, and hands them to done, group
// by group, under slash-separated paths below the stdlib folder.
func generate(dir string, selected []*group, done func(g *group, files map[string][]byte) error) error {
	var patterns []string
	for _, g := range selected {
		if !g.perPlatform {
			patterns = append(patterns, g.patterns...)
		}
	}
	var together *universe // of all groups that are the same everywhere
	if len(patterns) > 0 {
		var err error
		together, err = load(dir, platforms[0], true, patterns, func(path string) bool {
			return slices.ContainsFunc(selected, func(g *group) bool { return !g.perPlatform && g.wants(path) })
		})
		if err != nil {
			return err
		}
	}
	for _, g := range selected {
		universes := []*universe{together}
		if g.perPlatform {
			universes = nil
			for _, p := range platforms {
				u, err := load(dir, p, false, g.patterns, g.wants)
				if err != nil {
					return err
				}
				universes = append(universes, u)
			}
		}
		files, err := g.files(universes)
		if err != nil {
			return err
		}
		if g.name == "std" {
			version, err := goTool(dir, "env", "GOVERSION")
			if err != nil {
				return err
			}
			files[toolchainFile] = []byte(version)
		}
		if err := g.addLicenses(dir, universes[0], files); err != nil {
			return err
		}
		if err := done(g, files); err != nil {
			return err
		}
	}
	return nil
}

// archives are the zip files of a group, by name without the group and the ending, with their entries by import path.
type archives map[string]map[string][]byte

func (a archives) add(name, path string, data []byte) {
	if a[name] == nil {
		a[name] = map[string][]byte{}
	}
	a[name][path] = data
}

// files makes everything of one group from its packages on each platform.
func (g *group) files(universes []*universe) (map[string][]byte, error) {
	files := map[string][]byte{}
	zips := archives{"export": {}, "docs": {}, "source": {}, "refused": {}} // also those without entries: they are embedded
	var tables []*table
	for _, base := range universes[0].units {
		if !g.wants(base.path) {
			continue
		}
		units := make([]*unit, len(universes)) // the same package on every platform
		for i, u := range universes {
			at := slices.IndexFunc(u.units, func(v *unit) bool { return v.path == base.path })
			if at < 0 {
				return nil, fmt.Errorf("%s has no package %s", u.platform, base.path)
			}
			units[i] = u.units[at]
		}
		t := &table{group: g, pkg: base.types, insts: instances(base.types), types: typeInstances(base.types, importable)}
		var err error
		if t.adapters, err = universes[0].adapters(base.types); err != nil {
			return nil, err
		}
		lists := map[platform][]entry{}
		for i, u := range universes {
			lists[u.platform] = symbols(units[i].types, t.qualifiers().of(base.types))
		}
		t.symbols, t.rest = split(lists)
		if err := g.addArchived(zips, universes, units); err != nil {
			return nil, err
		}
		texts, err := t.files()
		if err != nil {
			return nil, err
		}
		for name, text := range texts {
			files["internal/symbols/"+g.name+"/"+name] = text
		}
		tables = append(tables, t)
	}
	for path, why := range g.omit {
		zips.add("refused", path, reasons(map[string]string{"": why}))
	}
	for name, entries := range zips {
		data, err := zipped(entries)
		if err != nil {
			return nil, fmt.Errorf("archive %s of %s: %w", name, g.name, err)
		}
		files["data/"+g.name+"_"+name+".zip"] = data
	}
	list, err := index(g, tables)
	if err != nil {
		return nil, err
	}
	files["internal/symbols/"+g.name+"/index.go"] = list
	return files, nil
}

// addArchived enters what is embedded of one package. Export data that differs between platforms goes into an
// archive for each.
func (g *group) addArchived(zips archives, universes []*universe, units []*unit) error {
	base := units[0]
	exports := make([][]byte, len(units))
	same := true
	for i, u := range units {
		var err error
		if exports[i], err = exportData(u.types); err != nil {
			return err
		}
		same = same && string(exports[i]) == string(exports[0])
	}
	for i, u := range universes {
		if same {
			zips.add("export", base.path, exports[0])
			break
		}
		zips.add("export_"+u.platform.String(), base.path, exports[i])
	}
	zips.add("docs", base.path, docData(docs(base.files)))
	source, refused, err := universes[0].genericSource(base, importable)
	if err != nil {
		return err
	}
	if source != nil {
		zips.add("source", base.path, source)
	}
	if len(refused) > 0 {
		zips.add("refused", base.path, reasons(refused))
	}
	return nil
}
