"""The messaging protocol, asked by a real client. Run by TestRealClients."""
import os
import queue
import signal
import time
import unittest

import zmq

from client import KernelCase, KERNEL, TIMEOUT, collect, control, kinds, request, text
from jupyter_client.manager import KernelManager


class Execute(KernelCase):
    def test_order(self):
        reply, out = self.ok('import "fmt"\nfmt.Println("a")\nprintln("b")\n40 + 2')
        self.assertEqual([m["msg_type"] for m in out], ["status", "execute_input", "stream", "stream", "execute_result", "status"])
        self.assertEqual(text(out), "a\n")
        self.assertEqual(text(out, "stderr"), "b\n")
        result = out[4]["content"]
        self.assertEqual(result["data"]["text/plain"], "42")
        self.assertEqual(result["execution_count"], reply["content"]["execution_count"])
        self.assertEqual(reply["content"]["payload"], [])
        self.assertEqual(reply["content"]["user_expressions"], {})

    def test_values_persist(self):
        self.ok("kept := 41")
        _, out = self.ok("kept + 1")
        self.assertEqual(out[2]["content"]["data"]["text/plain"], "42")

    def test_silent(self):
        before, _ = self.ok("1")
        reply, out = self.ok('println("still here")\n2', silent=True)
        self.assertEqual(kinds(out), ["stream"])
        after, _ = self.ok("3")
        self.assertEqual(after["content"]["execution_count"], before["content"]["execution_count"] + 1)

    def test_store_history_false(self):
        before, _ = self.ok("1")
        _, out = self.ok("2222", store_history=False)
        self.assertEqual(kinds(out), ["execute_input", "execute_result"])
        after, _ = self.ok("3")
        self.assertEqual(after["content"]["execution_count"], before["content"]["execution_count"] + 1)
        self.kc.history(hist_access_type="tail", n=2)
        history = self.kc.get_shell_msg(timeout=TIMEOUT)["content"]["history"]
        self.assertEqual([h[2] for h in history], ["1", "3"])

    def test_user_expressions(self):
        self.ok("ue := 20")
        reply, _ = self.ok("1", user_expressions={"good": "ue * 2 + 2", "bad": "nosuch", "none": "println()"})
        got = reply["content"]["user_expressions"]
        self.assertEqual(got["good"]["data"]["text/plain"], "42")
        self.assertEqual(got["bad"]["status"], "error")
        self.assertIn("nosuch", got["bad"]["evalue"])
        self.assertEqual(got["none"]["status"], "error")

    def test_compile_error(self):
        reply, out = self.run_cell("a := 1\nb := lamda")
        self.assertEqual(reply["content"]["status"], "error")
        self.assertEqual(reply["content"]["ename"], "CompileError")
        self.assertEqual(kinds(out), ["execute_input", "error"])
        shown = "\n".join(out[2]["content"]["traceback"])
        self.assertIn("]:2:6: undefined: lamda", shown)
        self.assertIn("b := lamda", shown)
        self.assertIn("^", shown)

    def test_panic(self):
        reply, out = self.run_cell('var xs []int\nprintln("before")\nxs[3] = 1')
        self.assertEqual((reply["content"]["status"], reply["content"]["ename"]), ("error", "Panic"))
        self.assertIn("index out of range [3] with length 0", reply["content"]["evalue"])
        self.assertIn(":3", "\n".join(reply["content"]["traceback"]))
        self.assertEqual(text(out, "stderr"), "before\n")
        self.ok("1")

    def test_abort_after_error(self):
        sub = control(self.kc, "create_subshell_request", {})["subshell_id"]
        first = self.kc.execute('var go_on string\nfmt.Scan(&go_on)\npanic("stop")', allow_stdin=True)
        later = [self.kc.execute("1") for _ in range(5)]
        # What a subshell answers came behind them on the same socket: they are there before the cell goes on.
        collect(self.kc, request(self.kc, "kernel_info_request", {}, subshell=sub))
        reply, _ = collect(self.kc, first, stdin=lambda _: self.kc.input("yes"))
        control(self.kc, "delete_subshell_request", {"subshell_id": sub})
        self.assertEqual(reply["content"]["status"], "error")
        for msg_id in later:
            reply, out = collect(self.kc, msg_id)
            self.assertEqual(reply["content"]["status"], "aborted")
            self.assertEqual(kinds(out), [])
        self.ok("1")

    def test_no_abort_when_not_asked(self):
        first = self.kc.execute('panic("go on")', stop_on_error=False)
        second = self.kc.execute("1")
        collect(self.kc, first)
        reply, _ = collect(self.kc, second)
        self.assertEqual(reply["content"]["status"], "ok")

    def test_next_cell_after_error_runs(self):
        for _ in range(20):
            reply, _ = self.run_cell('panic("x")')
            self.assertEqual(reply["content"]["status"], "error")
            self.ok("1")

    def test_page(self):
        reply, out = self.ok("strings.Cut?")
        page = reply["content"]["payload"][0]
        self.assertEqual(page["source"], "page")
        self.assertIn("Cut(s", page["data"]["text/plain"])

    def test_background_output_goes_to_its_cell(self):
        self.ok('import "fmt"\nimport "sync"\nvar gate sync.Mutex\ngate.Lock()')
        first = self.kc.execute('go func() { gate.Lock(); fmt.Println("late") }()')
        collect(self.kc, first)
        self.ok("gate.Unlock()")
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["msg_type"] == "stream":
                break
        self.assertEqual(m["content"]["text"], "late\n")
        self.assertEqual(m["parent_header"]["msg_id"], first)

    def test_unicode(self):
        _, out = self.ok('import "fmt"\nfmt.Print("né€😀", "<&>")')
        self.assertEqual(text(out), "né€😀<&>")
        self.kc.complete('x := "😀"; strings.Cu', len('x := "😀"; strings.Cu'))
        got = self.kc.get_shell_msg(timeout=TIMEOUT)["content"]
        self.assertEqual(got["cursor_end"], len('x := "😀"; strings.Cu'))

    def test_100000_lines(self):
        _, out = self.ok('import "fmt"\nfor i := 0; i < 100000; i++ { fmt.Println("line", i) }')
        self.assertEqual(text(out), "".join("line %d\n" % i for i in range(100000)))
        self.assertLess(len(out), 1000)

    def test_many_cells(self):
        start, _ = self.ok("0")
        for i in range(500):
            _, out = self.ok("%d + 0" % i)
            self.assertEqual(out[2]["content"]["data"]["text/plain"], str(i))
        end, _ = self.ok("0")
        self.assertEqual(end["content"]["execution_count"], start["content"]["execution_count"] + 501)


class Info(KernelCase):
    def test_what_frontends_rely_on(self):
        """JupyterLab, Notebook 7 and VS Code choose highlighting, file names and buttons by these."""
        info = control(self.kc, "kernel_info_request", {})
        language = info["language_info"]
        self.assertEqual({k: language[k] for k in ("name", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode")},
                         {"name": "go", "mimetype": "text/x-go", "file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go"})
        self.assertNotIn("nbconvert_exporter", language)  # the one for scripts of any language
        self.assertFalse(info.get("debugger"))
        self.assertEqual(info["supported_features"], ["kernel subshells"])  # no debugger
        self.assertEqual((info["protocol_version"], info["status"]), ("5.5", "ok"))
        spec = self.km.kernel_spec
        self.assertEqual((spec.language, spec.interrupt_mode, spec.metadata["debugger"]), ("go", "message", False))

    def test_debug_request_is_not_answered(self):
        """A frontend that asks all the same hears busy and idle, and goes on."""
        msg_id = request(self.kc, "debug_request", {"type": "request", "seq": 1, "command": "debugInfo"}, channel="control")
        _, out = collect(self.kc, msg_id, reply=False)
        self.assertEqual(kinds(out), [])
        self.ok("1")


class GoNB(KernelCase):
    """Displays through GoNB's packages."""

    def test_order(self):
        _, out = self.ok('import "fmt"\nfmt.Println("a")\ngonbui.DisplayMarkdown("*b*")\ngonbui.UpdateHTML("x", "1")\n'
                         'gonbui.UpdateHTML("x", "2")\n"c"')
        self.assertEqual(kinds(out), ["execute_input", "stream", "display_data", "display_data", "update_display_data", "execute_result"])
        shown = [m["content"] for m in out if "display" in m["msg_type"]]
        self.assertEqual([next(iter(c["data"].values())) for c in shown], ["*b*", "1", "2"])
        self.assertEqual(shown[1]["transient"], shown[2]["transient"])

    def test_order_with_prints(self):
        for size in (1, 3000000):
            _, out = self.ok('import ("fmt"; "strings")\nfor i := range 3 {\nfmt.Println("before", i)\ngonbui.DisplayHTML(strings.Repeat("x", %d))\n}' % size)
            self.assertEqual(kinds(out), ["execute_input"] + ["stream", "display_data"] * 3)

    def test_not_in_children(self):
        _, out = self.ok("!echo pipe: $GONB_PIPE")
        self.assertEqual(text(out).strip(), "pipe:")


    def test_comms_without_a_page_are_refused(self):
        reply, out = self.run_cell('import "github.com/janpfeifer/gonb/gonbui/comms"\ncomms.ReadValue[int]("/x")')
        self.assertEqual(reply["content"]["status"], "error")
        self.assertIn("no page has connected", text(out, "stderr"))
        self.ok("1")

    def test_comms_while_the_cell_waits(self):
        """A page that answers, on the shell that the cell keeps busy."""
        busy = self.kc.execute('import "github.com/janpfeifer/gonb/gonbui/comms"\nl := comms.Listen[int]("/in")\ncomms.Send("/out", 7)\n<-l.C + 1')
        request(self.kc, "comm_open", {"comm_id": "page", "target_name": "gonb_comm", "data": {}})
        sent = None
        while sent is None:
            m = self.kc.get_iopub_msg(timeout=60)
            if m["msg_type"] == "comm_msg" and m["content"]["comm_id"] == "page":
                sent = m["content"]["data"]
        self.assertEqual(sent, {"address": "/out", "value": 7})
        request(self.kc, "comm_msg", {"comm_id": "page", "data": {"address": "/in", "value": 41}})
        reply, out = collect(self.kc, busy)
        self.assertEqual(reply["content"]["status"], "ok", reply["content"])
        self.assertEqual([m["content"]["data"]["text/plain"] for m in out if m["msg_type"] == "execute_result"], ["42"])
        collect(self.kc, request(self.kc, "comm_close", {"comm_id": "page", "data": {}}), reply=False)

    def test_clear_output(self):
        _, out = self.ok('import "fmt"\nfmt.Println("a")\n%clear -w\nfmt.Println("b")')
        self.assertEqual(kinds(out), ["execute_input", "stream", "clear_output", "stream"])
        self.assertEqual([m["content"] for m in out if m["msg_type"] == "clear_output"], [{"wait": True}])


class Interrupt(KernelCase):
    def test_interrupt(self):
        self.ok("state := 41")
        for code in ["for { }", "select { }", 'import "time"\ntime.Sleep(time.Hour)', "<-make(chan int)"]:
            msg_id = self.kc.execute(code)
            self.wait_for(msg_id, "execute_input")
            self.km.interrupt_kernel()
            reply, out = collect(self.kc, msg_id)
            self.assertEqual((reply["content"]["status"], reply["content"]["ename"]), ("error", "Interrupted"), code)
        _, out = self.ok("state + 1")
        self.assertEqual(out[2]["content"]["data"]["text/plain"], "42")

    def wait_for(self, msg_id, msg_type):
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["msg_type"] == msg_type and m["parent_header"].get("msg_id") == msg_id:
                return m

    def test_sigint(self):
        msg_id = self.kc.execute("for { }")
        self.wait_for(msg_id, "execute_input")
        os.kill(self.km.provisioner.pid, signal.SIGINT)
        reply, _ = collect(self.kc, msg_id)
        self.assertEqual(reply["content"]["ename"], "Interrupted")
        self.ok("1")

    def test_nothing_to_interrupt(self):
        self.assertEqual(control(self.kc, "interrupt_request", {})["status"], "ok")
        self.ok("1")

    def test_control_while_busy(self):
        msg_id = self.kc.execute("for { }")
        self.wait_for(msg_id, "execute_input")
        self.assertEqual(control(self.kc, "kernel_info_request", {})["implementation"], "gossl")
        heart = zmq.Context.instance().socket(zmq.REQ)
        heart.linger, heart.rcvtimeo = 0, TIMEOUT * 1000
        heart.connect("tcp://127.0.0.1:%d" % self.kc.hb_port)
        heart.send(b"ping")
        self.assertEqual(heart.recv(), b"ping")
        heart.close()
        self.km.interrupt_kernel()
        collect(self.kc, msg_id)


class Stdin(KernelCase):
    def answer(self, value, asked):
        def stdin(question):
            asked.append(question["content"])
            self.kc.input(value)
        return stdin

    def test_scan(self):
        asked = []
        _, out = self.ok('import "fmt"\nvar a, b int\nn, err := fmt.Scan(&a, &b)\nfmt.Println(n, err, a+b)',
                         allow_stdin=True, stdin=self.answer("19 23", asked))
        self.assertEqual(text(out), "2 <nil> 42\n")
        self.assertEqual(len(asked), 1)
        self.assertFalse(asked[0]["password"])

    def test_bufio(self):
        _, out = self.ok('import ("bufio"; "fmt"; "os")\ns := bufio.NewScanner(os.Stdin)\ns.Scan()\nfmt.Println(s.Text())',
                         allow_stdin=True, stdin=self.answer("one line", []))
        self.assertEqual(text(out), "one line\n")

    def test_not_allowed(self):
        _, out = self.ok('import "fmt"\nvar notAsked int\n_, err2 := fmt.Scan(&notAsked)\nfmt.Println(err2)', allow_stdin=False)
        self.assertIn("allow_stdin is false", text(out))

    def test_gonb_request_input(self):
        asked = []
        _, out = self.ok('import "fmt"\nvar secret string\ngonbui.RequestInput("say: ", true)\nfmt.Scanln(&secret)\nfmt.Println(len(secret))',
                         allow_stdin=True, stdin=self.answer("12345", asked))
        self.assertEqual(text(out), "5\n")
        self.assertEqual((asked[0]["prompt"], asked[0]["password"]), ("say: ", True))

    def test_interrupt_while_asking(self):
        asked = []

        def stdin(question):
            asked.append(question)
            self.km.interrupt_kernel()

        reply, _ = self.run_cell('import "fmt"\nvar never int\nfmt.Scan(&never)', allow_stdin=True, stdin=stdin)
        self.assertEqual(reply["content"]["ename"], "Interrupted")
        self.kc.input("too late")
        self.ok("1")


class Comms(KernelCase):
    def test_echo(self):
        request(self.kc, "comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"hello": 1}})
        _, out = collect(self.kc, request(self.kc, "comm_msg", {"comm_id": "c1", "data": {"n": 5}}, buffers=[b"\x00\x01"]), reply=False)
        got = [m for m in out if m["msg_type"] == "comm_msg"]
        self.assertEqual(got[0]["content"]["data"], {"n": 5})
        self.assertEqual([bytes(b) for b in got[0]["buffers"]], [b"\x00\x01"])
        self.kc.comm_info()
        self.assertIn("c1", self.kc.get_shell_msg(timeout=TIMEOUT)["content"]["comms"])
        collect(self.kc, request(self.kc, "comm_close", {"comm_id": "c1", "data": {}}), reply=False)
        self.kc.comm_info("echo")
        self.assertEqual(self.kc.get_shell_msg(timeout=TIMEOUT)["content"]["comms"], {})

    def test_unknown_target(self):
        _, out = collect(self.kc, request(self.kc, "comm_open", {"comm_id": "c2", "target_name": "nobody", "data": {}}), reply=False)
        self.assertEqual(kinds(out), ["comm_close"])

    def test_cells_of_subshells_run_beside_the_main_shell(self):
        subs = [control(self.kc, "create_subshell_request", {})["subshell_id"] for _ in range(2)]
        self.ok("gate := make(chan int)")
        busy = self.kc.execute("<-gate + <-gate")
        cells = [request(self.kc, "execute_request", {"code": "own%d := %d; fmt.Println(own%d); gate <- own%d" % (i, i + 1, i, i)}, subshell=s) for i, s in enumerate(subs)]
        # The replies come in any order: each is looked for among all.
        want, replies, said = {busy, *cells}, {}, {}
        idle = set()
        end = time.monotonic() + TIMEOUT
        while (want - replies.keys() or want - idle) and time.monotonic() < end:
            for get, take in [(self.kc.get_shell_msg, True), (self.kc.get_iopub_msg, False)]:
                try:
                    m = get(timeout=0.05)
                except queue.Empty:
                    continue
                parent = m["parent_header"].get("msg_id")
                if take:
                    replies[parent] = m["content"]
                elif m["msg_type"] == "stream":
                    said[parent] = said.get(parent, "") + m["content"]["text"]
                elif m["msg_type"] == "execute_result":
                    said[parent] = m["content"]["data"]["text/plain"]
                elif m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                    idle.add(parent)
        self.assertEqual({k: r["status"] for k, r in replies.items() if k in want}, dict.fromkeys(want, "ok"))
        self.assertEqual({k: v for k, v in said.items() if k in want}, {busy: "3", cells[0]: "1\n", cells[1]: "2\n"})
        for s in subs:
            control(self.kc, "delete_subshell_request", {"subshell_id": s})

    def test_subshell_while_busy(self):
        sub = control(self.kc, "create_subshell_request", {})["subshell_id"]
        self.assertEqual(control(self.kc, "list_subshell_request", {})["subshell_id"], [sub])
        collect(self.kc, request(self.kc, "comm_open", {"comm_id": "c3", "target_name": "echo", "data": {}}), reply=False)
        busy = self.kc.execute("for { }")
        msg_id = request(self.kc, "comm_msg", {"comm_id": "c3", "data": {"n": 6}}, subshell=sub)
        _, out = collect(self.kc, msg_id, reply=False)
        self.assertIn("comm_msg", kinds(out))
        reply, _ = collect(self.kc, request(self.kc, "complete_request", {"code": "strings.Cu", "cursor_pos": 10}, subshell=sub))
        self.assertIn("cursor_start", reply["content"])
        self.km.interrupt_kernel()
        collect(self.kc, busy)
        self.assertEqual(control(self.kc, "delete_subshell_request", {"subshell_id": sub})["status"], "ok")
        self.assertEqual(control(self.kc, "delete_subshell_request", {"subshell_id": sub})["status"], "error")
        reply, _ = collect(self.kc, request(self.kc, "kernel_info_request", {}, subshell=sub))
        self.assertEqual(reply["content"]["status"], "error")


class BadInput(KernelCase):
    def alive(self):
        self.ok("1")
        self.assertTrue(self.km.is_alive())

    def raw(self, frames):
        s = self.km._context.socket(zmq.DEALER) if hasattr(self.km, "_context") else zmq.Context.instance().socket(zmq.DEALER)
        s.linger = 1000
        s.connect("tcp://127.0.0.1:%d" % self.kc.shell_port)
        s.send_multipart(frames)
        s.close()

    def test_garbage(self):
        for frames in [[b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>"] * 6, [b""] * 50, [b"<IDS|MSG>", b"0" * 64, b"{", b"", b"", b""], [b"\xff" * 1000000]]:
            self.raw(frames)
        self.alive()

    def test_bad_signature_and_replay(self):
        msg = self.kc.session.msg("execute_request", {"code": "hacked := 1", "silent": False})
        frames = self.kc.session.serialize(msg)
        forged = list(frames)
        forged[1] = b"0" * 64
        self.kc.shell_channel.socket.send_multipart(forged)
        self.kc.shell_channel.socket.send_multipart(frames)  # right, once
        collect(self.kc, msg["header"]["msg_id"])
        self.kc.shell_channel.socket.send_multipart(frames)  # again
        first, _ = self.ok("1")
        second, _ = self.ok("2")
        self.assertEqual(second["content"]["execution_count"], first["content"]["execution_count"] + 1)
        with self.assertRaises(queue.Empty):
            self.kc.get_shell_msg(timeout=0)

    def test_wrong_content(self):
        for content in [{"code": 1}, {"code": "1", "user_expressions": 5}, b"[]", b'"x"', b"{", b"\xff", b""]:
            reply, out = collect(self.kc, request(self.kc, "execute_request", content))
            self.assertEqual(reply["content"]["status"], "error", content)
            self.assertEqual(reply["content"]["ename"], "BadRequest")
        reply, _ = collect(self.kc, request(self.kc, "history_request", {"hist_access_type": "nonsense"}))
        self.assertEqual(reply["content"]["status"], "error")
        for cursor in [-5, 10**9]:
            reply, _ = collect(self.kc, request(self.kc, "complete_request", {"code": "fm", "cursor_pos": cursor}))
            self.assertEqual(reply["content"]["status"], "ok")
        self.alive()

    def test_unknown_type(self):
        _, out = collect(self.kc, request(self.kc, "no_such_request", {}), reply=False)
        self.assertEqual(kinds(out), [])
        self.alive()

    def test_clients_come_and_go(self):
        for i in range(25):
            kc = self.second_client()
            reply, _ = self.run_cell("%d" % i, kc=kc)
            self.assertEqual(reply["content"]["status"], "ok")
            kc.stop_channels()
        self.alive()

    def test_stuck_subscriber(self):
        stuck = zmq.Context()
        s = stuck.socket(zmq.SUB)
        s.rcvhwm = 1
        s.subscribe(b"")
        s.connect("tcp://127.0.0.1:%d" % self.kc.iopub_port)
        s.recv_multipart()  # welcomed; from here on it reads nothing
        _, out = self.ok('import "fmt"\nfor i := 0; i < 200000; i++ { fmt.Println("line", i) }')
        self.assertEqual(text(out).count("\n"), 200000)
        s.close(0)
        stuck.term()

    def test_listens_on_the_given_address_alone(self):
        ports = {self.kc.shell_port, self.kc.iopub_port, self.kc.stdin_port, self.kc.control_port, self.kc.hb_port}
        mine = set()
        for path in ["/proc/%d/net/tcp" % self.km.provisioner.pid, "/proc/%d/net/tcp6" % self.km.provisioner.pid]:
            with open(path) as f:
                for line in f.readlines()[1:]:
                    fields = line.split()
                    address, port = fields[1].split(":")
                    if fields[3] == "0A" and int(port, 16) in ports:
                        mine.add(int(port, 16))
                        self.assertEqual(address, "0100007F")
        self.assertEqual(mine, ports)


class Encrypted(Execute):
    """Everything about executing again, with CURVE."""

    options = {"transport_encryption": "required"}

    def test_no_plain_client(self):
        s = zmq.Context.instance().socket(zmq.DEALER)
        s.linger = 0
        s.connect("tcp://127.0.0.1:%d" % self.kc.shell_port)
        s.send_multipart(self.kc.session.serialize(self.kc.session.msg("kernel_info_request", {})))
        self.assertEqual(s.poll(500), 0)
        s.close()


class IPC(KernelCase):
    options = {"transport": "ipc"}

    def test_runs(self):
        _, out = self.ok("40 + 2")
        self.assertEqual(out[2]["content"]["data"]["text/plain"], "42")


class Ends(unittest.TestCase):
    def start(self):
        km = KernelManager(kernel_name=KERNEL)
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        kc.wait_for_ready(timeout=TIMEOUT)
        self.addCleanup(kc.stop_channels)
        return km, kc

    def test_last_output_is_not_lost(self):
        km, kc = self.start()
        running = kc.execute('import "fmt"\nfor i := 0; ; i++ { fmt.Println("line", i) }')
        waiting = kc.execute("1")
        out = []
        while text(out).count("\n") < 1000:
            m = kc.get_iopub_msg(timeout=TIMEOUT)
            if m["parent_header"].get("msg_id") == running:
                out.append(m)
        kc.shutdown()
        reply, rest = collect(kc, running)
        self.assertEqual(reply["content"]["ename"], "Interrupted")
        self.assertIn("error", kinds(rest))
        lines = text(out + rest).splitlines()
        self.assertEqual(lines, ["line %d" % i for i in range(len(lines))])
        reply, _ = collect(kc, waiting)
        self.assertEqual(reply["content"]["status"], "aborted")
        self.assertEqual(km.provisioner.process.wait(timeout=TIMEOUT), 0)
        km.shutdown_kernel(now=True)

    def test_signals(self):
        for sig in [signal.SIGTERM, signal.SIGHUP]:
            km, kc = self.start()
            kc.execute("for { }")
            process = km.provisioner.process
            os.kill(km.provisioner.pid, sig)
            self.assertEqual(process.wait(timeout=TIMEOUT), 0)
            km.shutdown_kernel(now=True)

    def test_restart(self):
        km, kc = self.start()
        collect(kc, kc.execute("before := 1"))
        km.restart_kernel()
        kc.wait_for_ready(timeout=TIMEOUT)
        reply, _ = collect(kc, kc.execute("before"))
        self.assertEqual(reply["content"]["status"], "error")
        km.shutdown_kernel()


if __name__ == "__main__":
    unittest.main()
