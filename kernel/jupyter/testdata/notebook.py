"""Notebooks executed from top to bottom by nbclient. Run by TestRealClients."""
import os
import unittest

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

KERNEL = os.environ["GOSSL_TEST_KERNEL_NAME"]


def execute(*sources, **kw):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = NotebookClient(nb, kernel_name=KERNEL, timeout=120, **kw)
    try:
        client.execute()
    finally:
        nbformat.validate(nb)
    return nb


class Notebook(unittest.TestCase):
    def test_runs(self):
        nb = execute(
            'type point struct{ X, Y int }\nfunc (p point) String() string { return fmt.Sprintf("<%d %d>", p.X, p.Y) }',
            'import "fmt"\nps := []point{{1, 2}, {3, 4}}\nfor i, p := range ps {\n\tfmt.Println(i, p)\n}',
            "len(ps)",
            "%%writefile /dev/null\nnothing",
            "!echo from the shell",
        )
        self.assertEqual([c.execution_count for c in nb.cells], [1, 2, 3, 4, 5])
        self.assertEqual(nb.cells[1].outputs[0].text, "0 <1 2>\n1 <3 4>\n")
        self.assertEqual(nb.cells[2].outputs[0].data["text/plain"], "2")
        self.assertEqual(nb.cells[4].outputs[0].text, "from the shell\n")

    def test_stops_at_an_error(self):
        with self.assertRaises(CellExecutionError) as caught:
            execute("x := 1", "undefinedName", "x")
        self.assertIn("undefined: undefinedName", str(caught.exception))

    def test_goes_on_when_allowed(self):
        nb = execute('panic("one")', "1 + 1", allow_errors=True)
        self.assertEqual(nb.cells[0].outputs[0].ename, "Panic")
        self.assertEqual(nb.cells[1].outputs[0].data["text/plain"], "2")

    def test_language_info(self):
        nb = execute("1")
        self.assertEqual(nb.metadata.language_info["name"], "go")
        self.assertEqual(nb.metadata.language_info["mimetype"], "text/x-go")


if __name__ == "__main__":
    unittest.main()
