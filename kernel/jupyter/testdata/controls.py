"""Controls: what a page's widget manager says and hears. Run by TestRealClients."""
import unittest

from client import KernelCase, collect, control, kinds, request

VIEW = "application/vnd.jupyter.widget-view+json"


class Panel(KernelCase):
    def setUp(self):
        _, self.out = self.ok("%panel")
        self.models = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in self.out if m["msg_type"] == "comm_open"}

    def model(self, name, **state):
        for model_id, s in self.models.items():
            if s["_model_name"] == name and all(s[k] == v for k, v in state.items()):
                return model_id
        self.fail("no %s %s" % (name, state))

    def say(self, comm_id, data, subshell=None):
        """What the kernel sends about one message from the page: (comm id, data) pairs."""
        _, out = collect(self.kc, request(self.kc, "comm_msg", {"comm_id": comm_id, "data": data}, subshell=subshell), reply=False)
        return [(m["content"]["comm_id"], m["content"]["data"]) for m in out if m["msg_type"] == "comm_msg"]

    def slide(self, value, **kw):
        slider = self.model("FloatSliderModel", description="knob")
        return slider, self.say(slider, {"method": "update", "state": {"value": value}, "buffer_paths": []}, **kw)

    def test_opens_every_model_before_it_shows_the_view(self):
        shown = [m for m in self.out if m["msg_type"] == "display_data"][0]["content"]["data"]
        self.assertIn("knob", shown["text/plain"])
        self.assertEqual(self.models[shown[VIEW]["model_id"]]["_model_name"], "VBoxModel")
        known = set()
        for m in self.out:
            if m["msg_type"] != "comm_open":
                continue
            self.assertEqual((m["content"]["target_name"], m["metadata"]["version"]), ("jupyter.widget", "2.1.0"))
            state = m["content"]["data"]["state"]
            for value in state.values():
                for ref in value if isinstance(value, list) else [value]:
                    if isinstance(ref, str) and ref.startswith("IPY_MODEL_"):
                        self.assertIn(ref[len("IPY_MODEL_"):], known)
            known.add(m["content"]["comm_id"])
        self.assertEqual(kinds(self.out)[-1], "display_data")
        wide = self.models[self.model("FloatLogSliderModel", description="wide")]
        self.assertEqual((wide["min"], wide["value"], wide["max"]), (-4, 0.05, 2))

    def test_slider_sets_the_knob(self):
        slider, said = self.slide(0.25)
        self.assertEqual(said[0], (slider, {"method": "echo_update", "state": {"value": 0.25}, "buffer_paths": []}))
        self.assertIn("knob 0.25", said[1][1]["state"]["value"])

    def test_refused_value_moves_back(self):
        self.slide(0.5)
        slider, said = self.slide(0.95)
        self.assertEqual(said[1], (slider, {"method": "update", "state": {"value": 0.5}, "buffer_paths": []}))
        self.assertIn("&lt;too much&gt;", said[2][1]["state"]["value"])

    def test_while_a_cell_is_busy(self):
        sub = control(self.kc, "create_subshell_request", {})["subshell_id"]
        busy = self.kc.execute("for { }")
        _, said = self.slide(0.75, subshell=sub)
        self.assertIn("knob 0.75", said[1][1]["state"]["value"])
        self.km.interrupt_kernel()
        collect(self.kc, busy)

    def test_button(self):
        said = self.say(self.model("ButtonModel", description="Pause"), {"method": "custom", "content": {"event": "click"}})
        self.assertIn("paused true", said[0][1]["state"]["value"])
        said = self.say(self.model("ButtonModel", description="Resume"), {"method": "custom", "content": {"event": "click"}})
        self.assertIn("paused false", said[0][1]["state"]["value"])

    def test_head_width(self):
        field = self.model("IntTextModel", description="head width")
        said = self.say(field, {"method": "update", "state": {"value": 64}, "buffer_paths": []})
        self.assertIn("width 64", said[1][1]["state"]["value"])
        said = self.say(field, {"method": "update", "state": {"value": 0}, "buffer_paths": []})
        self.assertEqual(said[1], (field, {"method": "update", "state": {"value": 64}, "buffer_paths": []}))
        self.assertIn("width 0 is none", said[2][1]["state"]["value"])

    def test_step_and_checkpoint(self):
        said = self.say(self.model("ButtonModel", description="Step"), {"method": "custom", "content": {"event": "click"}})
        self.assertRegex(said[0][1]["state"]["value"], "steps [1-9]")
        said = self.say(self.model("ButtonModel", description="Checkpoint"), {"method": "custom", "content": {"event": "click"}})
        self.assertIn("checkpoint written to kept/run-1", said[0][1]["state"]["value"])

    def test_reloaded_page(self):
        collect(self.kc, request(self.kc, "comm_open", {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}), reply=False)
        said = self.say("ctl", {"method": "request_states"})
        states = said[0][1]["states"]
        for model_id, state in self.models.items():
            self.assertEqual(states[model_id]["model_name"], state["_model_name"])
            self.assertEqual(set(states[model_id]["state"]), set(state))

    def test_strange_messages(self):
        slider = self.model("FloatSliderModel", description="knob")
        for data in [None, 1, "x", [], {}, {"method": "update"}, {"method": "update", "state": {"value": "high"}}, {"method": "no"}]:
            self.say(slider, data)
        _, said = self.slide(0.5)
        self.assertEqual(said[0][1]["method"], "echo_update")


if __name__ == "__main__":
    unittest.main()
