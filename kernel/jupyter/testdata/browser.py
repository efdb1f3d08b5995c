"""JupyterLab in Chromium: an experiment whose slider is moved while it trains, completion, tooltip, interrupt, restart, a figure that answers the pointer,
and GoNB's notebooks that talk with their page. Run by TestBrowser, which starts nothing else.

Nothing here waits for a time: every step waits for what the page shows, up to a limit that only a failure reaches.
Screenshots go to the folder that GOSSL_TEST_SCREENSHOTS names."""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ["GOSSL_TEST_CHROMIUM"]
EXAMPLES = os.environ["GOSSL_TEST_GONB_EXAMPLES"]
SCREENSHOTS = os.environ["GOSSL_TEST_SCREENSHOTS"]
LIMIT = float(os.environ.get("GOSSL_TEST_LIMIT", 240)) * 1000  # ms

EXPERIMENT = """set := data.FashionMNIST().First(512, 16)
exp := ssl.NewSimCLR(set)
exp.Encoder, exp.Projector = net.MLPEncoder(32), net.MLP{Widths: []int{32, 16}}
exp.Sparse = sparse.GroupHoyer(0.1)
exp.Batch, exp.Steps = 16, 1_000_000
run := ssl.Start(exp)
run.Panel()"""


class Lab:
    """A Jupyter server of its own, and a page."""

    def __init__(self, folder, browser):
        self.folder = folder
        settings = os.path.join(folder, "settings", "@jupyterlab", "apputils-extension")
        os.makedirs(settings)
        with open(os.path.join(settings, "notification.jupyterlab-settings"), "w") as f:
            f.write('{"fetchNews": "false", "checkForUpdates": false}')
        self.root = os.path.join(folder, "root")
        os.makedirs(self.root)
        env = dict(os.environ, JUPYTERLAB_SETTINGS_DIR=os.path.join(folder, "settings"), JUPYTER_CONFIG_DIR=os.path.join(folder, "config"),
                   JUPYTERLAB_WORKSPACES_DIR=os.path.join(folder, "workspaces"))
        self.log = open(os.path.join(folder, "server.log"), "w+")
        self.words = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=t",
                      "--ServerApp.root_dir=" + self.root]
        self.env = env
        self.start()
        self.page = browser.new_page(viewport={"width": 1280, "height": 1000})
        self.page.set_default_timeout(LIMIT)

    def start(self):
        """Starts the server on a port that it finds itself. Between finding and using it somebody else may take it: then it ends, and another one is
        started."""
        end = time.monotonic() + LIMIT / 1000
        self.server = None
        while True:
            if self.server is None or self.server.poll() is not None:
                self.server = subprocess.Popen(self.words, env=self.env, stdout=self.log, stderr=self.log)
            try:
                with open(os.path.join(self.env["JUPYTER_RUNTIME_DIR"], "jpserver-%d.json" % self.server.pid)) as f:
                    self.port = json.load(f)["port"]
                urllib.request.urlopen("http://127.0.0.1:%d/api/status?token=t" % self.port).read()
                return
            except (OSError, ValueError):  # not yet there, not yet whole, or not yet listening
                if time.monotonic() > end:
                    raise RuntimeError("the Jupyter server does not answer")
                time.sleep(0.2)

    def open(self, nb, name):
        nbformat.write(nb, os.path.join(self.root, name))
        self.page.goto("http://127.0.0.1:%d/lab/tree/%s?token=t&reset" % (self.port, name))
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.idle()

    def idle(self):
        """Waits for a kernel: before there is one, JupyterLab drops what is to run."""
        self.page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()
        self.page.locator('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()

    def cell(self, i):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(i)

    def enter(self, i):
        """Puts the cursor at the end of a cell's text."""
        self.cell(i).locator(".cm-content").click()
        self.page.keyboard.press("Control+End")

    def execute(self, i):
        self.enter(i)
        self.page.keyboard.press("Control+Enter")

    def output(self, i, text):
        self.cell(i).locator(".jp-OutputArea-output", has_text=text).first.wait_for()

    def shot(self, name):
        self.page.screenshot(path=os.path.join(SCREENSHOTS, name + ".png"))

    def button(self, label):
        self.page.locator(".widget-button", has_text=label).first.click()

    def close(self):
        self.server.terminate()
        try:
            self.server.wait(30)
        except subprocess.TimeoutExpired:
            self.server.kill()
        self.log.close()


def notebook(name, *cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata={
        "kernelspec": {"name": name, "display_name": name, "language": "go"}})


def experiment(lab):
    lab.open(notebook("gossl", EXPERIMENT, "run.Journal()", "strings.Sp", "strings.Split", "for {\n}", "1 + 1"), "experiment.ipynb")
    page = lab.page
    lab.execute(0)
    slider = lab.cell(0).locator(".widget-slider", has_text="lambda").first
    slider.wait_for()
    figure = lab.cell(0).locator(".widget-html-content img").first
    figure.wait_for()
    before = figure.get_attribute("src")
    page.wait_for_function("src => { const e = document.querySelector('.widget-html-content img'); return e && e.src !== src }", arg=before)  # it is live
    readout = slider.locator(".widget-readout")
    value = readout.inner_text()
    handle = slider.locator(".noUi-handle").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    page.wait_for_function("([e, v]) => e.innerText !== v", arg=[readout.element_handle(), value])
    lab.shot("panel")
    moved = float(readout.inner_text())
    assert moved > float(value), (moved, value)
    end = time.monotonic() + LIMIT / 1000
    while True:  # the journal has the edit once the run has taken its next step
        lab.execute(1)
        lab.output(1, "step")
        text = lab.cell(1).locator(".jp-OutputArea").inner_text()
        if "lambda" in text:
            break
        assert time.monotonic() < end, text
    lab.button("Pause")
    lab.cell(0).locator(".widget-html-content", has_text="paused").first.wait_for()
    lab.shot("journal")

    lab.enter(2)
    page.keyboard.press("Tab")
    page.locator(".jp-Completer-item", has_text="SplitAfter").first.wait_for()
    lab.shot("completion")
    page.keyboard.press("Escape")
    lab.enter(3)
    page.keyboard.press("Shift+Tab")
    page.locator(".jp-Tooltip", has_text="func strings.Split").wait_for()
    lab.shot("tooltip")
    page.keyboard.press("Escape")

    lab.execute(4)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').wait_for()
    page.locator('[data-command="notebook:interrupt-kernel"]').first.click()
    lab.output(4, "interrupted")
    lab.shot("interrupt")
    page.locator('[data-command="notebook:restart-kernel"]').first.click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    lab.idle()
    lab.execute(5)
    lab.output(5, "2")
    prompt = lab.cell(5).locator(".jp-InputPrompt")
    page.wait_for_function("e => e.innerText.includes('[1]')", arg=prompt.element_handle())  # the count begins anew
    lab.shot("restart")


def figure(lab):
    """A figure that answers the pointer: values under it, zoom, a series that is hidden."""
    lab.open(notebook("gossl", 'plot.Curves("a figure", "step", plot.Series{Name: "loss", X: []float64{1, 2, 3, 4, 5}, Y: []float64{5, 4, 3, 2.5, 1}}).Interactive()'),
             "figure.ipynb")
    page = lab.page
    lab.execute(0)
    output = lab.cell(0).locator(".jp-OutputArea-output")
    canvas, readout, name = output.locator("canvas"), output.locator(".gossl-readout"), output.locator("span", has_text="loss")
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()

    def at(share, text):  # the pointer at a share of the axis' width
        page.mouse.move(box["x"] + 64 + share * (box["width"] - 76), box["y"] + 60)
        if text:
            readout.filter(has_text=text).wait_for()

    at(0.5, "step 3")
    name.filter(has_text="loss 3").wait_for()
    lab.shot("figure")
    at(0.25, "step 2")
    page.mouse.down()
    at(0.75, "step 4")
    page.mouse.up()
    at(0, "step 2")  # from 2 to 4 now
    at(0.5, "step 3")
    canvas.dblclick(position={"x": 200, "y": 60})
    at(1, "step 5")
    name.filter(has_text="loss 1").wait_for()
    name.click()
    page.wait_for_function("e => e.style.opacity === '0.35'", arg=name.element_handle())


def gonb(lab, name, expected):
    nb = nbformat.read(os.path.join(EXAMPLES, "tests", name + ".ipynb"), as_version=4)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    lab.open(nb, name + ".ipynb")
    for i, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        lab.execute(i)
        lab.page.wait_for_function(r"e => /\[\d+\]/.test(e.innerText)", arg=lab.cell(i).locator(".jp-InputPrompt").element_handle())
        if i in expected:
            lab.output(i, expected[i])
    lab.shot("gonb-" + name)


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        lab = Lab(folder, browser)
        try:
            experiment(lab)
            figure(lab)
            gonb(lab, "dom", {5: "And a second test.", 6: "ok"})
            gonb(lab, "comms", {7: "done"})
        except BaseException:
            lab.shot("failure")
            with open(os.path.join(folder, "server.log")) as f:
                print(f.read()[-4000:])
            raise
        finally:
            lab.close()
            browser.close()


if __name__ == "__main__":
    main()
