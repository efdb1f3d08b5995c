package main

import (
	"bytes"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// docs collects the comments of a package's exported names: the package itself under "", then "Name",
// "Type.Method" and "Type.Field".
func docs(files []*ast.File) map[string]string {
	d := documents{}
	var intro []string
	for _, f := range files {
		if text := f.Doc.Text(); text != "" {
			intro = append(intro, text)
		}
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				d.function(decl)
			case *ast.GenDecl:
				d.declaration(decl)
			}
		}
	}
	d.add("", strings.Join(intro, "\n"))
	return d
}

type documents map[string]string

// add enters the first text that is not empty.
func (d documents) add(name string, texts ...string) {
	for _, text := range texts {
		if text != "" {
			d[name] = text
			return
		}
	}
}

func (d documents) function(decl *ast.FuncDecl) {
	name := decl.Name.Name
	if decl.Recv != nil {
		recv := receiver(decl.Recv.List[0].Type)
		if !token.IsExported(recv) {
			return
		}
		name = recv + "." + name
	}
	if decl.Name.IsExported() {
		d.add(name, decl.Doc.Text())
	}
}

// receiver returns the name of a receiver's type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.ParenExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	}
	return ""
}

// declaration enters constants, variables and types; what has no comment of its own has its group's.
func (d documents) declaration(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() {
					d.add(name.Name, spec.Doc.Text(), spec.Comment.Text(), decl.Doc.Text())
				}
			}
		case *ast.TypeSpec:
			if !spec.Name.IsExported() {
				continue
			}
			d.add(spec.Name.Name, spec.Doc.Text(), spec.Comment.Text(), decl.Doc.Text())
			switch t := spec.Type.(type) {
			case *ast.StructType:
				d.fields(spec.Name.Name, t.Fields)
			case *ast.InterfaceType:
				d.fields(spec.Name.Name, t.Methods)
			}
		}
	}
}

// fields enters the fields of a struct or the methods of an interface.
func (d documents) fields(owner string, list *ast.FieldList) {
	for _, f := range list.List {
		for _, name := range f.Names {
			if name.IsExported() {
				d.add(owner+"."+name.Name, f.Doc.Text(), f.Comment.Text())
			}
		}
	}
}

// docData packs documents as stdlib unpacks them: name, NUL, text, NUL, sorted by name.
func docData(d map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(d)) {
		b.WriteString(name)
		b.WriteByte(0)
		b.WriteString(strings.TrimRight(strings.ReplaceAll(d[name], "\x00", ""), "\n"))
		b.WriteByte(0)
	}
	return b.Bytes()
}
