#!/usr/bin/env python3
"""Figures of gossl's kernel beside ipykernel's, in one sitting, with their ratios.

  go build -o DIR/gossl ./cmd/gossl && DIR/gossl install --prefix VENV
  VENV/bin/python kernel/jupyter/bench/compare.py [--runs 3]

VENV has .ci/requirements.txt and psutil. The last column is the ratio aimed at.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

AIMS = [  # figure, unit, aim for gossl / ipykernel, "below" or "above"
    ("start_s", "s", 0.3, "below"),
    ("trivial_ms_median", "ms", 0.5, "below"),
    ("varied_ms_median", "ms", 0.5, "below"),
    ("lines_per_s", "lines/s", 3, "above"),
    ("interrupt_s", "s", None, "below"),
    ("rss_idle_mib", "MiB", 1.5, "below"),
    ("shutdown_s", "s", None, "below"),
]


def measure(kernel, family, runs):
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out.json")
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run([sys.executable, os.path.join(here, "kernel_bench.py"), kernel, "--family", family, "--runs", str(runs),
                        "--loop-wait", "0.5", "--no-probes", "--json", out], check=True, stdout=subprocess.DEVNULL)
        with open(out) as f:
            return json.load(f)["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    ours, theirs = measure("gossl", "go", runs), measure("python3", "python", runs)
    print("%-20s %12s %12s %8s  aim" % ("", "gossl", "ipykernel", "ratio"))
    for name, unit, aim, side in AIMS:
        if ours[name] is None or theirs[name] is None:
            print("%-20s not measured: gossl %s, ipykernel %s" % (name, ours[name], theirs[name]))
            continue
        goal = "" if aim is None else ("≤ %g" if side == "below" else "≥ %g") % aim
        print("%-20s %12.4g %12.4g %8.3f  %s" % (name + " " + unit if len(name) < 14 else name, ours[name], theirs[name], ours[name] / theirs[name], goal))


if __name__ == "__main__":
    main()
