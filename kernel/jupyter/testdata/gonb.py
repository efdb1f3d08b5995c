"""GoNB's own example notebooks, unchanged, executed by nbclient and compared cell by cell with the outputs that GoNB
saved in them. Run by TestGoNBNotebooks, which names the folder. Prints one line for each notebook."""
import os
import re
import sys
import tempfile
import unittest

import nbformat
from client import KERNEL, KernelCase, text
from nbclient import NotebookClient

EXAMPLES = os.environ["GOSSL_TEST_GONB_EXAMPLES"]

# Verdicts: runs (as GoNB runs it), differs (runs, with differences), part (some cells cannot run), page (needs a
# notebook open in a browser), not run. "differ" are the cells whose standard output is another, "fail" those that fail here and not in
# GoNB, "any" those that depend on time, chance, the network or the machine.
FLAGS = "%goflags changes nothing: nothing is compiled"
TABLE = {
    "tests/bash_script.ipynb": ("runs", dict(any={1, 2}), ""),
    "tests/capture.ipynb": ("runs", {}, ""),
    "tests/errors.ipynb": ("differs", dict(differ={1}, any={2}), "errors are text; the trace of a logged error shows the interpreter's frames"),
    "tests/functions.ipynb": ("differs", {}, FLAGS),
    "tests/goflags.ipynb": ("part", dict(any={6, 9, 11}, fail={14}), "coverage and go build find nothing: nothing is compiled"),
    "tests/gonbui.ipynb": ("differs", dict(any={1, 3}), FLAGS),
    "tests/gotest.ipynb": ("differs", dict(differ={3, 5, 7, 9, 11}, any={13, 15}), "no coverage line; benchmarks time interpreted code; %ls is a table"),
    "tests/gowork.ipynb": ("differs", dict(differ={10, 12}, any={2, 4, 7, 8, 11}), "the module in the kernel's directory has another name; %track prints text"),
    "tests/hello.ipynb": ("differs", {}, FLAGS),
    "tests/init.ipynb": ("differs", dict(differ={2, 3, 4, 5, 6}), "init functions run once, in the cell that declares them; values persist"),
    "tests/input_boxes.ipynb": ("differs", None, FLAGS),
    "tests/script.ipynb": ("runs", {}, ""),
    "tests/vartuple.ipynb": ("differs", dict(differ={1}), "%ls is a table; redefining c leaves a alone"),
    "tests/writefile.ipynb": ("differs", dict(differ={0, 1}), "the message of %%writefile"),
    "tests/wasm.ipynb": ("part", dict(differ={8}, fail={1, 7}, any={2, 3, 5}), "%wasm: cells are interpreted, not compiled to WebAssembly"),
    "wasm_demo.ipynb": ("part", dict(fail={3, 5, 9}, any={2, 4}), "%wasm: cells are interpreted, not compiled to WebAssembly"),
    "tutorial.ipynb": ("part", dict(
        differ={11, 15, 17, 40, 42, 71}, fail={23, 49}, any={13, 27, 52, 54, 56, 61, 64, 66}),
        "gofract is not carried; the widgets of cell 49 need a browser; values persist; init functions run once"),
    "tests/comms.ipynb": ("page", None, "executed by the browser test"),
    "tests/dom.ipynb": ("page", None, "executed by the browser test"),
    "tests/widgets.ipynb": ("page", None, "executed by the browser test"),
    "google_colab_demo.ipynb": ("not run", None, "its first cell replaces the Go that the machine has installed"),
}


def stdout(outputs):
    lines = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout").splitlines()
    return [re.sub(r"\d+\.\d+s", "TIME", line.rsplit("\r", 1)[-1]) for line in lines]


def failed(outputs):
    return any(o.output_type == "error" for o in outputs)


def shown(outputs):
    """The MIME types of what is left on the page."""
    return [sorted(set(o.data) - {"text/plain"}) for o in outputs if o.output_type in ("display_data", "execute_result") and any(o.data.values())]


class GoNB(unittest.TestCase):
    maxDiff = None

    def test_table_is_complete(self):
        found = {os.path.relpath(os.path.join(folder, f), EXAMPLES) for folder, _, files in os.walk(EXAMPLES) for f in files if f.endswith(".ipynb")}
        self.assertEqual(found, set(TABLE))

    def execute(self, name, any=frozenset(), differ=frozenset(), fail=frozenset()):
        nb = nbformat.read(os.path.join(EXAMPLES, name), as_version=4)
        saved = [c.get("outputs", []) for c in nb.cells]
        with tempfile.TemporaryDirectory() as folder:
            os.environ["TEST_DIR"] = folder + "/"
            os.environ["HOME"] = folder
            NotebookClient(nb, kernel_name="gonb", timeout=600, allow_errors=True, resources={"metadata": {"path": folder}}).execute()
        differing, failing = set(), set()
        for i, (cell, before) in enumerate(zip(nb.cells, saved)):
            if cell.cell_type != "code" or i in any:
                continue
            if failed(cell.outputs) != failed(before):
                failing.add(i)
            elif stdout(cell.outputs) != stdout(before) or shown(cell.outputs) != shown(before):
                differing.add(i)
        detail = "\n".join("%d: %s\nGoNB: %s" % (i, nb.cells[i].outputs, saved[i]) for i in sorted(differing ^ set(differ) | failing ^ set(fail)))
        self.assertEqual((differing, failing), (set(differ), set(fail)), name + "\n" + detail[:6000])


def case(name, how):
    return lambda self: self.execute(name, **how)


for name, (verdict, how, _) in TABLE.items():
    if how is not None:
        setattr(GoNB, "test_" + re.sub(r"\W", "_", name), case(name, how))


class InputBoxes(KernelCase):
    """nbclient answers no questions, so this notebook has a client that does."""

    def test_input_boxes(self):
        nb = nbformat.read(os.path.join(EXAMPLES, "tests/input_boxes.ipynb"), as_version=4)

        def answer(question):
            q = question["content"]
            self.kc.input({"Enter:": "42", "Pin:": "123456"}.get(q["prompt"]) or ("bar" if q["password"] else "foo"))

        got = ""
        for cell in nb.cells:
            if cell.cell_type == "code":
                _, out = self.ok(cell.source, stdin=answer)
                got += text(out)
        for line in ("ok\n", "str=foo\n", "pass=bar\n", "int=42\n", "secret=123456\n"):
            self.assertIn(line, got)


if __name__ == "__main__":
    for name, (verdict, _, why) in TABLE.items():
        print("%-28s %-8s %s" % (name, verdict, why), file=sys.stderr)
    unittest.main()
