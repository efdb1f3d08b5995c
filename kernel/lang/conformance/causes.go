package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

// causesText says of every program that does not pass how it ends and why: "how<TAB>name<TAB>cause" a line; lines that
// begin with # are remarks.
//
//go:embed causes.txt
var causesText string

// known are the programs that are known not to pass, with how they end.
func known() (map[string]string, error) {
	m := map[string]string{}
	for i, line := range strings.Split(strings.TrimSpace(causesText), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.SplitN(line, "\t", 3)
		if len(f) < 3 || f[0] == passed.String() || f[0] == wrong.String() || strings.TrimSpace(f[2]) == "" {
			return nil, fmt.Errorf("causes.txt:%d: want how, name and cause, separated by tabs: %q", i+1, line)
		}
		m[f[1]] = f[0]
	}
	return m, nil
}

// compare says where the results are not those of causes.txt. It is an error that a program gives a wrong answer, or
// does not pass though causes.txt does not say why.
func compare(results []result) error {
	causes, err := known()
	if err != nil {
		return err
	}
	bad := 0
	for _, r := range results {
		how, ok := causes[r.name]
		switch {
		case r.how == wrong || r.how != passed && !ok:
			bad++
			fmt.Printf("unexplained: %s %s: %s\n", r.how, r.name, r.cause)
		case r.how == passed && ok:
			fmt.Printf("passes now, take it out of causes.txt: %s\n", r.name)
		case r.how != passed && r.how.String() != how:
			fmt.Printf("%s now, %s in causes.txt: %s: %s\n", r.how, how, r.name, r.cause)
		}
	}
	if bad > 0 {
		return errors.New(fmt.Sprint(bad, " programs do not pass and causes.txt does not say why"))
	}
	return nil
}
