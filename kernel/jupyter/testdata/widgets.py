"""Widgets that cells make: what a page's widget manager says and hears. Run by TestRealClients."""
import time
import unittest

from client import TIMEOUT, KernelCase, collect, control, request, text

VIEW = "application/vnd.jupyter.widget-view+json"


class Widgets(KernelCase):
    def show(self, code):
        """Runs a cell that shows a widget: its request's id, its models, the id of what it shows."""
        msg_id = self.kc.execute(code)
        reply, out = collect(self.kc, msg_id)
        self.assertEqual(reply["content"]["status"], "ok", reply["content"])
        models = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in out if m["msg_type"] == "comm_open"}
        shown = [m["content"]["data"] for m in out if m["msg_type"] in ("execute_result", "display_data")]
        return msg_id, models, shown[-1], out

    def find(self, models, name, **state):
        for model_id, s in models.items():
            if s["_model_name"] == name and all(s[k] == v for k, v in state.items()):
                return model_id
        self.fail("no %s %s" % (name, state))

    def send(self, comm_id, data, msg_type="comm_msg", subshell=None):
        return request(self.kc, msg_type, {"comm_id": comm_id, "data": data}, subshell=subshell)

    def change(self, comm_id, **state):
        return self.send(comm_id, {"method": "update", "state": state, "buffer_paths": []})

    def click(self, comm_id):
        return self.send(comm_id, {"method": "custom", "content": {"event": "click"}, "buffers": []})

    def hear(self, want):
        """The first message on iopub that want accepts."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if want(m):
                return m
        self.fail("not heard")

    def hear_text(self, part, parent, name="stdout"):
        """Waits until the cell of that request has printed something, and returns the text."""
        seen = []

        def wanted(m):
            if m["msg_type"] == "stream" and m["content"]["name"] == name and m["parent_header"]["msg_id"] == parent:
                seen.append(m["content"]["text"])
            return part in "".join(seen)

        self.hear(wanted)
        return "".join(seen)

    def hear_state(self, comm_id, want, method="update"):
        def wanted(m):
            c = m["content"]
            return m["msg_type"] == "comm_msg" and c["comm_id"] == comm_id and c["data"]["method"] == method and want(c["data"]["state"])

        return self.hear(wanted)["content"]["data"]["state"]

    def test_every_control(self):
        _, models, shown, _ = self.show("""
choice, err := widgets.NewDropdown("choice", []string{"a", "b<"})
if err != nil { panic(err) }
widgets.NewVBox(widgets.NewHTML("<b>x</b>"), widgets.NewHBox(widgets.NewButton("go"), choice),
    widgets.NewFloatSlider("s", 0.5, 0, 2), widgets.NewFloatLogSlider("l", 0.1, -4, 1), widgets.NewIntText("n", 3),
    widgets.NewCheckbox("c", true), widgets.NewText("t", "hello"), widgets.NewOutput())""")
        self.assertEqual(models[shown[VIEW]["model_id"]]["_model_name"], "VBoxModel")
        for name, state in [
            ("HTMLModel", {"value": "<b>x</b>"}), ("ButtonModel", {"description": "go"}), ("DropdownModel", {"_options_labels": ["a", "b<"], "index": 0}),
            ("FloatSliderModel", {"value": 0.5, "max": 2}), ("FloatLogSliderModel", {"value": 0.1, "min": -4}), ("IntTextModel", {"value": 3}),
            ("CheckboxModel", {"value": True}), ("TextModel", {"value": "hello"}), ("OutputModel", {"outputs": []}),
        ]:
            state = models[self.find(models, name, **state)]
            self.assertIn(state["layout"][len("IPY_MODEL_"):], models)
        self.assertIn("choice: a (of a, b<)", shown["text/plain"])
        self.assertIn("b&lt;", shown["text/html"])
        self.assertNotIn("b<)", shown["text/html"])

    def test_changes_reach_the_cell(self):
        cell, models, _, _ = self.show("""
s := widgets.NewFloatSlider("s", 0.5, 0, 2)
s.OnChange(func(v float64) { fmt.Println("moved to", v) })
s""")
        s = self.find(models, "FloatSliderModel")
        self.change(s, value=1.5)
        self.assertEqual(self.hear_state(s, lambda v: True, "echo_update"), {"value": 1.5})
        self.assertIn("moved to 1.5\n", self.hear_text("1.5", cell))
        self.change(s, value=9, description="<script>", unknown=1)  # refused, and put right
        self.assertEqual(self.hear_state(s, lambda v: True), {"value": 1.5, "description": "s"})
        _, out = self.ok("fmt.Println(s.Value())")
        self.assertEqual(text(out), "1.5\n")
        cell = self.kc.execute("s.SetValue(0.25)")
        collect(self.kc, cell)
        self.ok("s.Close()")
        self.change(s, value=1)
        _, out = self.ok("fmt.Println(s.Value())")
        self.assertEqual(text(out), "0.25\n")

    def test_failures_end_nothing(self):
        cell, models, _, _ = self.show("""
clicks := 0
b := widgets.NewButton("b")
b.OnClick(func() {
    clicks++
    switch clicks {
    case 1: panic("first <click>")
    case 2: var m map[string]int; m["x"] = 1
    case 3: for { }
    }
    fmt.Println("click", clicks)
})
b""")
        b = self.find(models, "ButtonModel")
        self.click(b)
        self.assertRegex(self.hear_text("<click>", cell, "stderr"), r"In\[\d+\]:7.*panic: first <click>")
        self.click(b)
        self.hear_text("nil map", cell, "stderr")
        self.click(b)  # it never ends, and cells run beside it
        while True:
            _, out = self.ok("fmt.Println(clicks)")
            if text(out) == "3\n":
                break
        control(self.kc, "interrupt_request", {})
        self.hear_text("interrupted", cell, "stderr")
        self.click(b)
        self.hear_text("click 4", cell)

    def test_while_a_cell_is_busy(self):
        cell, models, _, _ = self.show("""
free := make(chan bool)
open := widgets.NewButton("open")
open.OnClick(func() { free <- true })
open""")
        sub = control(self.kc, "create_subshell_request", {})["subshell_id"]
        busy = self.kc.execute("<-free")
        self.send(self.find(models, "ButtonModel"), {"method": "custom", "content": {"event": "click"}}, subshell=sub)
        reply, _ = collect(self.kc, busy)
        self.assertEqual(reply["content"]["status"], "ok")

    def test_interact(self):
        _, models, _, _ = self.show("""
widgets.Interact(func(x float64, on bool, m string) (float64, error) {
    fmt.Println("called with", x, on, m)
    if !on { return 0, errors.New("it is <off>") }
    return 2 * x, nil
}, widgets.Range{0, 2}, true, []string{"p", "q"})""")
        out = self.find(models, "OutputModel")
        texts = lambda outputs: "".join(o.get("text", "") or o["data"]["text/plain"] for o in outputs)
        self.assertEqual(texts(models[out]["outputs"]), "called with 1 true p\n2")
        self.change(self.find(models, "FloatSliderModel"), value=0.25)
        after = self.hear_state(out, lambda s: len(s["outputs"]) == 2)["outputs"]
        self.assertEqual(texts(after), "called with 0.25 true p\n0.5")
        self.assertEqual([o["output_type"] for o in after], ["stream", "display_data"])
        self.change(self.find(models, "DropdownModel"), index=1)
        self.hear_state(out, lambda s: "0.25 true q" in texts(s["outputs"]))
        self.change(self.find(models, "CheckboxModel"), value=False)
        self.hear_state(out, lambda s: "called with 0.25 false q" in texts(s["outputs"]) and any(o.get("name") == "stderr" and "it is <off>" in o["text"] for o in s["outputs"]))
        # A page that is loaded again sees it all.
        collect(self.kc, request(self.kc, "comm_open", {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}), reply=False)
        _, said = collect(self.kc, self.send("ctl", {"method": "request_states"}), reply=False)
        states = [m["content"]["data"] for m in said if m["msg_type"] == "comm_msg"][0]["states"]
        self.assertIn("false q", texts(states[out]["state"]["outputs"]))
        self.assertEqual(states[self.find(models, "FloatSliderModel")]["state"]["value"], 0.25)

    def test_output(self):
        _, models, _, _ = self.show("""
o := widgets.NewOutput()
o.Run(func() { fmt.Println("inside"); fmt.Fprintln(os.Stderr, "wrong") })
fmt.Println("outside")
o""")
        outputs = models[self.find(models, "OutputModel")]["outputs"]
        self.assertEqual([(o["name"], o["text"]) for o in outputs], [("stdout", "inside\n"), ("stderr", "wrong\n")])
        _, out = self.ok('err := o.Run(func() { panic("no") }); fmt.Println(err != nil); o.Clear()')
        self.assertEqual(text(out), "true\n")

    def test_refusals(self):
        for code, part in [
            ("widgets.Interact(3)", "want a function"),
            ("widgets.Interact(func(x []int) {})", "no control of its own"),
            ("widgets.Interact(func(x int) {}, \"a\")", "is no value for a int"),
            ("widgets.NewDropdown(\"d\", []int{})", "at least one element"),
            ("widgets.NewCheckbox(\"c\", true).Set(\"colour\", 1)", "no such trait"),
        ]:
            reply, _ = self.run_cell(code)
            self.assertEqual(reply["content"]["status"], "error", code)
            self.assertIn(part, reply["content"]["evalue"])


if __name__ == "__main__":
    unittest.main()
