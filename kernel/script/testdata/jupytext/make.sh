#!/bin/sh
# Makes the files of this directory anew with Jupytext (MIT licence), from source.go.txt, which is hand-written.
# Recorded with Jupytext 1.19.6:  python3 -m venv .venv && .venv/bin/pip install jupytext==1.19.6 && PATH=.venv/bin:$PATH ./make.sh
# With the argument "check" it writes nothing here: it reads each file that gossl wrote (in the directory $2) and fails
# unless Jupytext finds the same cells in it.
set -eu
cd "$(dirname "$0")"
if [ "${1:-}" = check ]; then
	for f in "$2"/*.go "$2"/*.md; do
		jupytext --quiet --to ipynb "$f" -o "$2/back.ipynb"
		python3 - notebook.ipynb "$2/back.ipynb" <<'PY'
import json, sys
def cells(p):
    keep = lambda m: {k: v for k, v in m.items() if k != "lines_to_next_cell"}
    return [(c["cell_type"], "".join(c["source"]), keep(c["metadata"])) for c in json.load(open(p))["cells"]]
a, b = cells(sys.argv[1]), cells(sys.argv[2])
if a != b:
    sys.exit("cells differ:\n%s\n%s" % (a, b))
PY
	done
	exit
fi
tmp=$(mktemp -d)
trap 'rm -r "$tmp"' EXIT
cp source.go.txt "$tmp/source.go"
jupytext --quiet --to ipynb "$tmp/source.go" -o notebook.ipynb
jupytext --quiet --to go:percent notebook.ipynb -o "$tmp/notebook.go"
cp "$tmp/notebook.go" notebook.go.txt
jupytext --quiet --to md notebook.ipynb -o notebook.md
