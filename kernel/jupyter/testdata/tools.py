"""Notebooks executed and converted by the programs that people run: papermill, nbconvert, jupytext, jupyter execute.
Run by TestRealClients."""
import configparser
import os
import subprocess
import sys
import tempfile
import unittest

import jupytext
import nbformat

KERNEL = os.environ["GOSSL_TEST_KERNEL_NAME"]
HERE = os.path.dirname(os.path.abspath(__file__))
PAPERMILL = os.path.join(os.path.dirname(HERE), "papermill")
sys.path.insert(0, PAPERMILL)
import gossl_papermill  # noqa: E402,F401  makes papermill know Go
import papermill  # noqa: E402
NOTEBOOKS = os.path.join(HERE, "..", "..", "..", "notebooks")


def notebook(*sources, parameters=None):
    nb = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": KERNEL, "display_name": "Go (gossl)", "language": "go"}})
    if parameters:
        nb.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    nb.cells += [nbformat.v4.new_code_cell(s) for s in sources]
    return nb


class Tools(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, nb, name="in.ipynb"):
        nbformat.write(nb, self.path(name))
        return self.path(name)

    def read(self, name="out.ipynb"):
        nb = nbformat.read(self.path(name), as_version=4)
        nbformat.validate(nb)
        return nb

    def run_tool(self, *words, fails=False, **env):
        done = subprocess.run([sys.executable, *words], cwd=self.folder, env=dict(os.environ, **env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, stdin=subprocess.DEVNULL, timeout=600)
        self.assertEqual(done.returncode != 0, fails, done.stdout)
        return done.stdout

    def papermill(self, *words, **kw):
        return self.run_tool(os.path.join(PAPERMILL, "gossl_papermill.py"), "in.ipynb", "out.ipynb", "--no-progress-bar", *words, **kw)

    def output(self, nb, i):
        return "".join(o.get("text") or o["data"]["text/plain"] for o in nb.cells[i].outputs)

    def test_papermill(self):
        self.write(notebook('fmt.Printf("%d %g %q %v %v %v\\n", steps, lambda, name, on, rates, sizes)', "name",
                            parameters='var (\n\tsteps = 10 // how many\n\tlambda float64 = 0.5\n\tname = "x"\n\ton bool\n\trates []float64\n\tsizes map[string][]int\n)'))
        self.papermill("-p", "steps", "3", "-p", "lambda", "2", "-p", "name", 'é "quoted" \\ back', "-p", "on", "True",
                       "-y", "rates: [1, 0.5, 1.0e-9]", "-y", "sizes: {a: [1, 2]}")
        nb = self.read()
        self.assertEqual(nb.cells[1].metadata.tags, ["injected-parameters"])
        self.assertEqual(self.output(nb, 2), '3 2 "é \\"quoted\\" \\\\ back" true [1 0.5 1e-09] map[a:[1 2]]\n')
        self.assertEqual([c.execution_count for c in nb.cells], [1, 2, 3, 4])
        listed = self.run_tool(os.path.join(PAPERMILL, "gossl_papermill.py"), "--help-notebook", "in.ipynb")
        self.assertRegex(listed, r"steps: .*default 10[\s\S]*how many")
        self.assertIn("lambda: float64 (default 0.5)", listed)

    def refused(self, nb, **parameters):
        with self.assertRaises(papermill.PapermillExecutionError) as caught:
            papermill.execute_notebook(self.write(nb), self.path("out.ipynb"), parameters, progress_bar=False)
        return caught.exception

    def test_papermill_checks_types(self):
        nb = notebook("steps", parameters="steps := 10")
        error = self.refused(nb, steps="many")
        self.assertEqual(error.ename, "CompileError")
        self.assertIn('"many"', error.evalue)
        self.assertIn("undefined: stepz", self.refused(nb, stepz=3).evalue)

    def test_papermill_stops_at_an_error(self):
        self.assertIn("no more", self.refused(notebook("x := 1", 'panic("no more")', "x")).evalue)
        nb = self.read()  # what ran is kept
        self.assertEqual([c.execution_count for c in nb.cells if c.cell_type == "code"], [1, 2, None])

    def test_papermill_installed(self):
        """As pip installs it, by the entry point that the package declares."""
        project = configparser.ConfigParser()
        project.read(os.path.join(PAPERMILL, "pyproject.toml"))
        group = 'project.entry-points."papermill.engine"'
        os.mkdir(self.path("site"))
        os.symlink(os.path.join(PAPERMILL, "gossl_papermill.py"), self.path("site/gossl_papermill.py"))
        os.mkdir(self.path("site/gossl_papermill-1.0.0.dist-info"))
        with open(self.path("site/gossl_papermill-1.0.0.dist-info/METADATA"), "w") as f:
            f.write("Metadata-Version: 2.1\nName: gossl-papermill\nVersion: 1.0.0\n")
        with open(self.path("site/gossl_papermill-1.0.0.dist-info/entry_points.txt"), "w") as f:
            f.write("[papermill.engine]\n" + "".join("%s = %s\n" % (k, v.strip('"')) for k, v in project[group].items()))
        self.write(notebook("steps + 1", parameters="steps := 10"))
        self.run_tool("-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar", "-p", "steps", "41", PYTHONPATH=self.path("site"))
        self.assertEqual(self.output(self.read(), 2), "42")

    def test_nbconvert(self):
        path = self.write(notebook('import "fmt"\nfmt.Println("printed")', "40 + 2", 'gonbui.DisplayHTML("<b>bold</b>")'))
        self.run_tool("-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", path)
        nb = self.read()
        self.assertEqual([self.output(nb, i) for i in range(2)], ["printed\n", "42"])
        self.assertEqual(nb.cells[2].outputs[0]["data"]["text/html"], "<b>bold</b>")
        self.assertEqual(nb.metadata.language_info.file_extension, ".go")
        self.run_tool("-m", "nbconvert", "--to", "script", "out.ipynb")
        with open(self.path("out.go")) as f:
            self.assertIn('fmt.Println("printed")', f.read())
        self.run_tool("-m", "nbconvert", "--to", "html", "out.ipynb")
        with open(self.path("out.html")) as f:
            page = f.read()
        self.assertIn("<b>bold</b>", page)
        self.assertIn('<span class="kn">import</span>', page)  # coloured as Go

    def test_jupytext(self):
        nb = jupytext.read(os.path.join(NOTEBOOKS, "06-your-own-loss.go"))
        self.assertTrue(any("parameters" in c.metadata.get("tags", []) for c in nb.cells))
        with open(self.path("small.go"), "w") as f:
            f.write(jupytext.writes(notebook("v := 40", "v + 2"), fmt="go:percent"))
        self.run_tool("-m", "jupytext", "--to", "ipynb", "--execute", "--output", "out.ipynb", "small.go")
        self.assertEqual(self.output(self.read(), 1), "42")

    def test_jupyter_execute(self):
        self.write(notebook("v := 40", "v + 2"))
        self.run_tool("-m", "jupyter", "execute", "--inplace", "in.ipynb")
        self.assertEqual(self.output(self.read("in.ipynb"), 1), "42")


if __name__ == "__main__":
    unittest.main()
