package check

import (
	"errors"
	"go/token"
)

// Program is a whole program, checked: package main and the packages of its module
// that it imports, directly or not.
type Program struct {
	Fset     *token.FileSet
	Packages []*Package // dependencies first, main last
	Scope    *Scope     // an empty session over the same imports, for SourceOf
}

// CheckProgram checks the files of a package main as the compiler would: unused
// variables and imports are errors, and a function main must be there. Imports
// that are not in p are looked for in the module that contains dir; with dir ""
// there is none. An error about the source is a *Diagnostics.
func CheckProgram(p Packages, dir string, files []Source) (*Program, error) {
	if len(files) == 0 {
		return nil, errors.New("a program needs at least one file")
	}
	s := NewScope(p)
	var l *localLoader
	if dir != "" {
		if err := s.SetDir(dir); err != nil {
			return nil, err
		}
		l = s.im.local
	}
	if l == nil {
		l = &localLoader{im: s.im, fset: s.fset, conf: s.config, pkgs: map[string]*localPackage{}}
	}
	main, err := l.check("main", files)
	if err == nil && main.Types.Name() != "main" {
		f := main.Files[0]
		src := source{name: files[0].Name, text: files[0].Text, file: s.fset.File(f.Pos())}
		err = &Diagnostics{List: []Diagnostic{src.at(f.Name.Pos(), "package "+f.Name.Name+" is not a program", "a program is package main")}}
	}
	if err != nil {
		return nil, err
	}
	return &Program{Fset: s.fset, Packages: closure([]*Package{main}, map[*Package]bool{}, nil), Scope: s}, nil
}
