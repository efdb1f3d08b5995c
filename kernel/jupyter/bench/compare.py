#!/usr/bin/env python3
"""Figures of gossl's kernel beside ipykernel's and GoNB's, in one sitting, with their ratios.

  PYTHON kernel/jupyter/bench/compare.py [--runs 3] [--cells 50] [--without gonb] [--json FILE]

PYTHON has .ci/requirements.txt. Everything else is made in a temporary directory: gossl from this checkout, GoNB from
its module, which needs goimports on the PATH, and their kernelspecs. Kernels take turns, so that a noisy machine is
noisy for all of them. A row says what the bar is, and whether this sitting has cleared it.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import kernel_bench as bench

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
GONB = "github.com/janpfeifer/gonb"
KERNELS = [("gossl", "gossl", "go"), ("ipykernel", "python3", "python"), ("GoNB", "gonb", "gonb")]

ROWS = [  # figure, title, bar as a ratio to ipykernel's, bar in itself
    ("start_s", "start to kernel_info, s", ("≤", 0.3), None),
    ("trivial_ms_median", "trivial cell, ms", ("≤", 0.5), ("≤", 3)),
    ("varied_ms_median", "cell of new text, ms", ("≤", 0.5), ("≤", 3)),
    ("lines_per_s", "100,000 lines, lines/s", ("≥", 3), None),
    ("million_per_s", "1,000,000 lines, lines/s", ("≥", 3), None),
    ("lost_lines", "lines lost of 100,000", None, ("≤", 0)),
    ("million_lost", "lines lost of 1,000,000", None, ("≤", 0)),
    ("interrupt_s", "interrupt, s", None, ("≤", 0.05)),
    ("rss_idle_mib", "idle memory, MiB", ("≤", 1.5), None),
    ("shutdown_s", "shutdown, s", None, None),
]


def command(*words, cwd=ROOT):
    subprocess.run(words, cwd=cwd, check=True, stdout=sys.stderr)


def install(folder, without):
    """Builds the kernels and makes the folder's kernelspecs known to jupyter_client."""
    program = os.path.join(folder, "gossl")
    command("go", "build", "-o", program, "./cmd/gossl")
    command(program, "install", "--backend", "go", "--prefix", folder)
    if "gonb" not in without:
        version = subprocess.run(["go", "list", "-m", "-f", "{{.Version}}", GONB], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
        module = os.path.join(folder, "module")
        os.makedirs(module)
        command("go", "mod", "init", "bench", cwd=module)
        command("go", "mod", "edit", "-require=%s@%s" % (GONB, version), cwd=module)
        command("go", "build", "-mod=mod", "-o", os.path.join(folder, "gonb"), GONB, cwd=module)
        spec = os.path.join(folder, "share", "jupyter", "kernels", "gonb")
        os.makedirs(spec)
        with open(os.path.join(spec, "kernel.json"), "w") as f:
            json.dump({"argv": [os.path.join(folder, "gonb"), "--kernel", "{connection_file}"], "display_name": "Go (gonb)", "language": "go"}, f)
    os.environ["JUPYTER_PATH"] = os.path.join(folder, "share", "jupyter")
    os.environ["JUPYTER_RUNTIME_DIR"] = os.path.join(folder, "runtime")
    os.environ["XDG_STATE_HOME"] = os.path.join(folder, "state")


def million(kernel, family):
    """A million printed lines in a fresh kernel."""
    km, kc, _, _ = bench.start(kernel)
    try:
        if family.get("pre"):
            bench.run(kc, family["pre"], 120)
        _, out, seconds = bench.run(kc, family["hundredk"].replace("100000", "1000000"), 300)
        return {"million_per_s": 1000000 / seconds, "million_lost": 1000000 - bench.text_of(out).count("\n")}
    except TimeoutError as e:
        return {"million_lost": "no end in 300 s: %s" % e}
    finally:
        bench.stop(km, kc)


def sitting(runs, cells, without):
    """Figures of each kernel: the medians of its runs, or what went wrong."""
    took = {name: [] for name, kernel, _ in KERNELS if kernel not in without}
    for i in range(runs):
        for name, kernel, family in KERNELS:
            if name not in took:
                continue
            print("run %d of %d: %s" % (i + 1, runs, name), file=sys.stderr)
            figures = bench.bench_once(kernel, bench.FAM[family], cells, argparse.Namespace(loop_wait=0.5 if family != "gonb" else 3))
            if "stream_lines_received" in figures:
                figures["lost_lines"] = 100000 - figures["stream_lines_received"]
            if i == 0:
                figures.update(million(kernel, bench.FAM[family]))
            took[name].append(figures)
    result = {}
    for name, list_of in took.items():
        result[name] = {}
        for row in ROWS:
            values = [f[row[0]] for f in list_of if row[0] in f]
            numbers = [v for v in values if not isinstance(v, str)]
            if numbers and len(numbers) == len(values):
                result[name][row[0]] = max(numbers) if "lost" in row[0] else statistics.median(numbers)
            elif values:
                result[name][row[0]] = next(v for v in values if isinstance(v, str))
    return result


def cleared(value, bar):
    return bar is None or (value <= bar[1] if bar[0] == "≤" else value >= bar[1])


def table(result):
    """The table, and whether every bar is cleared."""
    print("| | %s | gossl / ipykernel | bar |" % " | ".join(result))
    print("|---|%s---|---|" % ("---|" * len(result)))
    everything = True
    for figure, title, relative, absolute in ROWS:
        values = [of.get(figure, "not measured") for of in result.values()]
        ours, theirs = result["gossl"].get(figure), result["ipykernel"].get(figure)
        known = isinstance(ours, (int, float))
        ratio = ours / theirs if known and isinstance(theirs, (int, float)) and theirs else None
        bars = (["%s %g × ipykernel's" % relative] if relative else []) + (["%s %g" % absolute] if absolute else [])
        good = known and cleared(ours, absolute) and (relative is None or ratio is not None and cleared(ratio, relative))
        everything = everything and (good or not bars)
        print("| %s | %s | %s | %s |" % (title, " | ".join(v if isinstance(v, str) else "%.3g" % v if v < 1000 else "%d" % v for v in values),
                                        "%.2f" % ratio if ratio is not None else "", ", ".join(bars) + ("" if good or not bars else ": missed")))
    return everything


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cells", type=int, default=50, help="trivial cells in a run")
    parser.add_argument("--without", action="append", default=[], choices=["gonb"])
    parser.add_argument("--json")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gossl") as folder:
        bench.LOG = open(os.path.join(folder, "kernels.log"), "ab")
        install(folder, a.without)
        result = sitting(a.runs, a.cells, a.without)
    if a.json:
        with open(a.json, "w") as f:
            json.dump(result, f, indent=1)
    sys.exit(0 if table(result) else 1)


if __name__ == "__main__":
    main()
