"""Bad peers, bad messages and rough handling over real sockets: the well-behaved client loses nothing, and nothing of
the others is left. Run by TestRealClients; with GOSSL_TEST_LONG set the numbers are those of a long day."""
import hashlib
import hmac
import os
import queue
import random
import signal
import socket
import struct
import time
import unittest

import zmq

from client import KernelCase, KERNEL, TIMEOUT, collect, control, kinds, request, text
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

LONG = bool(os.environ.get("GOSSL_TEST_LONG"))
DELIMITER = b"<IDS|MSG>"
PRINT = 'for i := 0; i < %d; i++ { fmt.Println("line", i) }'


def lines(n):
    return "".join("line %d\n" % i for i in range(n))


def sign(key, parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode()


def accepted(key, frames):
    """Whether a kernel has to take these frames for a message of a client that knows the key."""
    if DELIMITER not in frames:
        return False
    rest = frames[frames.index(DELIMITER) + 1:]
    return len(rest) >= 5 and rest[0] == sign(key, rest[1:5])


def damage(rng, frames):
    """Frames with one thing wrong."""
    frames, i = list(frames), rng.randrange(len(frames))
    what = rng.randrange(7)
    if what == 0:
        del frames[i]
    elif what == 1:
        frames.insert(i, rng.choice([b"", DELIMITER, b"\x00" * rng.randrange(1, 300), frames[-1]]))
    elif what == 2:
        frames[i] = frames[i][: rng.randrange(len(frames[i]) + 1)]
    elif what == 3:
        frames[i] = damage_bytes(rng, frames[i])
    elif what == 4:
        j = rng.randrange(len(frames))
        frames[i], frames[j] = frames[j], frames[i]
    elif what == 5:
        frames[i] = rng.randbytes(rng.choice([1, 64, 256, 70000]))
    else:
        frames = frames * rng.randrange(2, 30)
        frames[rng.randrange(len(frames))] = b""
    return frames


def damage_bytes(rng, b):
    if not b:
        return b"\xff"
    i = rng.randrange(len(b))
    return b[:i] + rng.choice([b"", b"\xff", b"\xed\xa0\x80", b"{", b"}", b'"', b"\\", b"[" * 2000, b"1e999", b"\x00"]) + b[i + 1:]


class Robust(KernelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pid = cls.km.provisioner.pid
        cls.ports = [cls.kc.shell_port, cls.kc.iopub_port, cls.kc.stdin_port, cls.kc.control_port, cls.kc.hb_port]
        cls.key = cls.kc.session.key
        end = time.monotonic() + TIMEOUT
        while cls.connections() < 6:  # the client's five channels, and the manager's control
            if time.monotonic() > end:
                raise TimeoutError("%d of 6 connections" % cls.connections())
            time.sleep(0.05)
        collect(cls.kc, cls.kc.execute('import ("fmt"; "runtime"; "strings"; "time")\nvar forged int\ngonbui.DisplayHTML("")'))
        same = []
        while len(same) < 5 or len(set(same[-5:])) > 1:
            if time.monotonic() > end:
                raise TimeoutError("an idle kernel has ever other numbers of descriptors and goroutines: %s" % same)
            time.sleep(0.05)
            same.append(cls.usage())
        cls.before = same[-1]

    @classmethod
    def connections(cls):
        with open("/proc/%d/net/tcp" % cls.pid) as f:
            fields = [line.split() for line in f.readlines()[1:]]
        return sum(f[3] == "01" and int(f[1].split(":")[1], 16) in cls.ports for f in fields)

    @classmethod
    def usage(cls):
        """Numbers of descriptors and goroutines."""
        _, out = collect(cls.kc, cls.kc.execute("runtime.NumGoroutine()"))
        goroutines = [m["content"]["data"]["text/plain"] for m in out if m["msg_type"] == "execute_result"][0]
        return len(os.listdir("/proc/%d/fd" % cls.pid)), int(goroutines)

    def setUp(self):
        self.rng = random.Random(self.id())
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, linger=0)

    def settled(self):
        """Waits until there are no more descriptors and goroutines than before the tests."""
        end = time.monotonic() + TIMEOUT
        while True:
            now = self.usage()
            if now[0] <= self.before[0] and now[1] <= self.before[1]:
                return
            if time.monotonic() > end:
                _, out = self.ok("buf := make([]byte, 1<<20)\nfmt.Print(string(buf[:runtime.Stack(buf, true)]))")
                names = [os.readlink("/proc/%d/fd/%s" % (self.pid, n)) for n in os.listdir("/proc/%d/fd" % self.pid)]
                self.fail("%s descriptors and goroutines, before %s\n%s\n%s" % (now, self.before, names, text(out)))
            time.sleep(0.05)

    def unharmed(self):
        """The session works, nothing unsigned has run, and nothing of the test is left."""
        _, out = self.ok("forged")
        self.assertEqual(out[2]["content"]["data"]["text/plain"], "0")
        self.settled()

    def socket(self, kind, port, **options):
        s = self.context.socket(kind)
        s.linger, s.rcvtimeo = 0, TIMEOUT * 1000
        for name, value in options.items():
            setattr(s, name, value)
        s.connect("tcp://127.0.0.1:%d" % port)
        return s

    def session(self):
        return Session(key=self.key, signature_scheme="hmac-sha256")

    def test_fuzzed_messages(self):
        session = self.session()
        channels = [self.socket(zmq.DEALER, p, linger=5000) for p in (self.kc.shell_port, self.kc.control_port, self.kc.stdin_port)]
        for _ in range(20000 if LONG else 500):
            frames = session.serialize(session.msg(self.rng.choice(["execute_request", "comm_open", "input_reply", "shutdown_request"]),
                                                   {"code": "forged++", "restart": False, "value": "x"}))
            for _ in range(self.rng.randrange(1, 4)):
                frames = damage(self.rng, frames)
            if not accepted(self.key, frames):
                self.rng.choice(channels).send_multipart(frames)
        for s in channels:
            s.close()
        self.unharmed()

    def test_fuzzed_contents(self):
        """Rightly signed nonsense."""
        session = self.session()
        s = self.socket(zmq.DEALER, self.kc.shell_port, linger=5000)
        kinds_of = ["execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request",
                    "comm_open", "comm_msg", "comm_close", "kernel_info_request", "connect_request", "nonsense"]
        for _ in range(5000 if LONG else 300):
            content = {"code": "1", "cursor_pos": self.rng.choice([0, -1, 2**31, 2**70, None]), "detail_level": 7, "hist_access_type": self.rng.choice(["tail", "range", "search", 1]),
                       "n": self.rng.choice([-1, 10**9]), "session": -10**9, "start": 10, "stop": -10, "pattern": "[", "comm_id": "x", "target_name": "echo", "data": None}
            parts = session.serialize(session.msg(self.rng.choice(kinds_of), content))[2:]
            i = self.rng.randrange(len(parts))
            parts[i] = damage_bytes(self.rng, parts[i])
            s.send_multipart([DELIMITER, sign(self.key, parts)] + parts)
        # Its own answer comes behind all of these.
        msg = session.msg("comm_info_request", {})
        session.send(s, msg)
        while True:
            try:
                _, reply = session.feed_identities(s.recv_multipart())
                if session.deserialize(reply)["parent_header"].get("msg_id") == msg["header"]["msg_id"]:
                    break
            except ValueError:
                pass  # the answer to a header that cannot be read
        s.close()
        self.unharmed()

    def test_replays(self):
        self.ok("once := 0")
        session, n = self.session(), 50
        sent = [session.serialize(session.msg("execute_request", {"code": "once++", "silent": False, "store_history": True, "allow_stdin": False})) for _ in range(n)]
        first, second = self.socket(zmq.DEALER, self.kc.shell_port), self.socket(zmq.DEALER, self.kc.shell_port, linger=5000)
        for frames in sent:
            first.send_multipart(frames)
        for _ in sent:
            first.recv_multipart()
        for frames in sent:
            first.send_multipart(frames)
            second.send_multipart(frames)
            second.send_multipart([b"hop"] + frames)
        session.send(first, session.msg("kernel_info_request", {}))
        first.recv_multipart()  # the one answer
        first.close()
        second.close()
        self.unharmed()
        _, out = self.ok("once")
        self.assertEqual(out[2]["content"]["data"]["text/plain"], str(n))

    def test_zmtp_garbage(self):
        hello = b"\xff" + b"\x00" * 8 + b"\x7f\x03\x01NULL" + b"\x00" * 48
        ready = b"\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
        held = []
        for _ in range(50 if LONG else 4):
            for port in self.ports:
                for wire in [b"", b"\xff", hello[:self.rng.randrange(64)], hello, hello + ready, hello + ready[:self.rng.randrange(len(ready))],
                             self.rng.randbytes(self.rng.randrange(1, 5000)), hello + self.rng.randbytes(100), hello + ready + self.rng.randbytes(3000),
                             hello + ready + b"\x02" + struct.pack(">Q", 2**40), hello + ready + b"\x03" + struct.pack(">Q", 100 << 20) + b"x" * 1000,
                             b"GET / HTTP/1.1\r\n\r\n", damage_bytes(self.rng, hello) + ready]:
                    s = socket.create_connection(("127.0.0.1", port))
                    try:
                        s.sendall(wire)
                    except OSError:
                        pass  # cut off already
                    if self.rng.random() < 0.5:
                        held.append(s)
                    else:
                        if self.rng.random() < 0.5:  # a reset in place of an end
                            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        s.close()
        _, out = self.ok(PRINT % 1000)  # while half of them stand there
        self.assertEqual(text(out), lines(1000))
        for s in held:
            s.close()
        self.unharmed()

    def test_many_clients(self):
        """A hundred clients, ten at a time; every third leaves in the middle of its output, and every fifth without a word."""
        todo, here = list(range(2000 if LONG else 100)), []
        while todo or here:
            while todo and len(here) < 10:
                i, session = todo.pop(), self.session()
                shell = self.socket(zmq.DEALER, self.kc.shell_port, identity=session.bsession)
                iopub = self.socket(zmq.SUB, self.kc.iopub_port, subscribe=b"")
                iopub.recv_multipart()  # welcomed
                msg = session.msg("execute_request", {"code": PRINT % 200, "silent": False, "store_history": False, "allow_stdin": False})
                session.send(shell, msg)
                here.append((i, session, shell, iopub, msg["header"]["msg_id"]))
            i, session, shell, iopub, msg_id = here.pop(0)
            got, idle = "", i % 5 == 0
            while not idle:
                _, frames = session.feed_identities(iopub.recv_multipart())
                m = session.deserialize(frames)
                if m["parent_header"].get("msg_id") == msg_id:
                    if m["msg_type"] == "stream":
                        got += m["content"]["text"]
                        if i % 3 == 0:
                            break
                    idle = m["content"].get("execution_state") == "idle"
            if idle and i % 5:
                self.assertEqual(got, lines(200))
                shell.recv_multipart()
            shell.close()
            iopub.close()
        self.unharmed()

    def test_slow_subscriber(self):
        """One that reads a message now and then gets everything too, later."""
        slow = self.socket(zmq.SUB, self.kc.iopub_port, rcvhwm=1, rcvbuf=4096, subscribe=b"")
        slow.recv_multipart()
        n = 1000000 if LONG else 100000
        reply, out = self.ok(PRINT % n)
        self.assertEqual(text(out), lines(n))
        session, late, idle = self.session(), [], False
        while not idle:
            _, frames = session.feed_identities(slow.recv_multipart())
            m = session.deserialize(frames)
            if m["parent_header"].get("msg_id") == reply["parent_header"]["msg_id"]:
                late.append(m)
                idle = m["content"].get("execution_state") == "idle"
        self.assertEqual(text(late), lines(n))
        slow.close()
        self.unharmed()

    def test_cancelled_at_random(self):
        for _ in range(500 if LONG else 25):
            code = self.rng.choice(["for { }", "select { }", "time.Sleep(time.Hour)", 'for i := 0; ; i++ { fmt.Println("line", i) }', "1 + 1", 'fmt.Println("line", 0)'])
            ids = [self.kc.execute(code)] + [self.kc.execute("2") for _ in range(self.rng.randrange(3))]
            time.sleep(self.rng.random() * 0.02)
            for i, msg_id in enumerate(ids):
                if i == 0 and code not in ("1 + 1", 'fmt.Println("line", 0)'):
                    reply, out = self.interrupted(msg_id)
                    self.assertEqual(reply["content"]["ename"], "Interrupted")
                else:
                    reply, out = collect(self.kc, msg_id)
                    if reply["content"]["status"] not in ("ok", "aborted"):  # a late interrupt found this one
                        self.assertEqual(reply["content"]["ename"], "Interrupted")
                got = text(out).splitlines()
                self.assertEqual(got, ["line %d" % i for i in range(len(got))])
        self.unharmed()

    def interrupted(self, msg_id):
        """Messages of a cell that is interrupted until it gives in: the first time it may not have begun."""
        out = []
        while True:
            control(self.kc, "interrupt_request", {})
            end = time.monotonic() + 1
            while time.monotonic() < end:
                try:
                    m = self.kc.get_iopub_msg(timeout=0.1)
                except queue.Empty:
                    continue
                if m["parent_header"].get("msg_id") == msg_id:
                    out.append(m)
                    if m["content"].get("execution_state") == "idle":
                        reply = self.kc.get_shell_msg(timeout=TIMEOUT)
                        self.assertEqual(reply["parent_header"]["msg_id"], msg_id)
                        return reply, out

    def test_large(self):
        """Large messages, both ways and next to small ones."""
        size = (100 << 20) if LONG else (66 << 20)  # above what may wait for a client
        block = self.rng.randbytes(1 << 20) * (size >> 20)
        request(self.kc, "comm_open", {"comm_id": "large", "target_name": "echo", "data": {}})
        _, out = collect(self.kc, request(self.kc, "comm_msg", {"comm_id": "large", "data": {"n": 1}}, buffers=[block]), reply=False)
        got = [m for m in out if m["msg_type"] == "comm_msg"]
        self.assertEqual(len(got), 1)
        self.assertTrue(bytes(got[0]["buffers"][0]) == block)
        collect(self.kc, request(self.kc, "comm_close", {"comm_id": "large", "data": {}}), reply=False)
        _, out = self.ok('fmt.Println("before")\ngonbui.DisplayHTML(strings.Repeat("x", %d))\n"after"' % size)
        self.assertEqual(kinds(out), ["execute_input", "stream", "display_data", "execute_result"])
        self.assertEqual(len(out[3]["content"]["data"]["text/html"]), size)
        self.unharmed()

    def test_no_other_port(self):
        inodes = set()
        for n in os.listdir("/proc/%d/fd" % self.pid):
            try:
                inodes.add(os.readlink("/proc/%d/fd/%s" % (self.pid, n)))
            except OSError:
                pass  # closed in between
        listening = {}
        for table in ("tcp", "tcp6", "udp", "udp6"):
            with open("/proc/%d/net/%s" % (self.pid, table)) as f:
                for line in f.readlines()[1:]:
                    fields = line.split()
                    if "socket:[%s]" % fields[9] in inodes and (fields[3] == "0A" or table.startswith("udp")):
                        address, port = fields[1].split(":")
                        listening[int(port, 16)] = address
        self.assertEqual(listening, dict.fromkeys(self.ports, "0100007F"))

    @unittest.skipUnless(LONG, "it takes minutes; GOSSL_TEST_LONG=1 runs it")
    def test_ten_thousand_cells(self):
        def resident():
            with open("/proc/%d/status" % self.pid) as f:
                return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024

        start, begun = time.monotonic(), resident()
        for i in range(10000):
            reply, out = self.ok('v%d := %d\nfmt.Println(v%d)' % (i % 100, i, i % 100))
            self.assertEqual(text(out), "%d\n" % i)
        print("10,000 cells: %.0f s, memory %.0f -> %.0f MiB" % (time.monotonic() - start, begun, resident()))
        self.unharmed()


class Ends(unittest.TestCase):
    def start(self, **options):
        km = KernelManager(kernel_name=KERNEL, **options)
        km.start_kernel()
        self.addCleanup(km.shutdown_kernel, now=True)
        return km, self.client(km)

    def client(self, km):
        kc = km.client()
        kc.start_channels()
        self.addCleanup(kc.stop_channels)
        kc.wait_for_ready(timeout=TIMEOUT)
        return kc

    def some(self, kc, msg_id, n):
        """Output of a cell, up to n lines at least."""
        out = []
        while text(out).count("\n") < n:
            m = kc.get_iopub_msg(timeout=TIMEOUT)
            if m["parent_header"].get("msg_id") == msg_id:
                out.append(m)
        return out

    def test_signals_lose_no_output(self):
        for sig in [signal.SIGTERM, signal.SIGHUP]:
            km, kc = self.start()
            msg_id = kc.execute('import "fmt"\nfor i := 0; ; i++ { fmt.Println("line", i) }')
            out = self.some(kc, msg_id, 1000)
            process = km.provisioner.process
            os.kill(km.provisioner.pid, sig)
            reply, rest = collect(kc, msg_id)  # with idle
            self.assertEqual(reply["content"]["ename"], "Interrupted")
            got = text(out + rest).splitlines()
            self.assertEqual(got, ["line %d" % i for i in range(len(got))])
            self.assertEqual(process.wait(timeout=TIMEOUT), 0)

    def test_killed(self):
        """After SIGKILL in the middle of output a kernel starts on the same ports, or socket files, and the past cells are there."""
        for options in ({}, {"transport": "ipc"}):
            km, kc = self.start(**options)
            collect(kc, kc.execute("before := 40 + 2"))
            self.some(kc, kc.execute('import "fmt"\nfor i := 0; ; i++ { fmt.Println("line", i) }'), 1000)
            os.kill(km.provisioner.pid, signal.SIGKILL)
            self.assertEqual(km.provisioner.process.wait(timeout=TIMEOUT), -signal.SIGKILL)
            kc.stop_channels()
            km.restart_kernel(now=True)
            kc = self.client(km)
            reply, _ = collect(kc, kc.execute("1 + 1"))
            self.assertEqual(reply["content"]["status"], "ok")
            kc.history(hist_access_type="search", pattern="before := 40*")
            self.assertIn("before := 40 + 2", [h[2] for h in kc.get_shell_msg(timeout=TIMEOUT)["content"]["history"]])


if __name__ == "__main__":
    unittest.main()
