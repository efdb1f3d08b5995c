"""What the tests with a real Jupyter client share: start a kernel, run cells, collect messages."""
import os
import queue
import time
import unittest

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

KERNEL = os.environ["GOSSL_TEST_KERNEL_NAME"]
TIMEOUT = 60


def collect(kc, msg_id, reply=True, stdin=None):
    """Messages of one request: (reply, iopub messages up to idle)."""
    out, answer, idle = [], None, False
    end = time.monotonic() + TIMEOUT
    while not idle or (reply and answer is None):
        if time.monotonic() > end:
            raise TimeoutError("reply %s, idle %s, got %s" % (answer is not None, idle, [m["msg_type"] for m in out]))
        if stdin is not None:
            try:
                question = kc.get_stdin_msg(timeout=0)
                stdin(question)
            except queue.Empty:
                pass
        if not idle:
            try:
                m = kc.get_iopub_msg(timeout=0.05)
                if m["parent_header"].get("msg_id") == msg_id:
                    out.append(m)
                    idle = m["msg_type"] == "status" and m["content"]["execution_state"] == "idle"
                continue
            except queue.Empty:
                pass
        if reply and answer is None:
            try:
                m = kc.get_shell_msg(timeout=0.05)
                if m["parent_header"].get("msg_id") == msg_id:
                    answer = m
            except queue.Empty:
                pass
    return answer, out


def request(kc, msg_type, content, channel="shell", subshell=None, metadata=None, buffers=None):
    """Sends any request and returns its message id."""
    msg = kc.session.msg(msg_type, content, metadata=metadata)
    if subshell:
        msg["header"]["subshell_id"] = subshell
    kc.session.send(getattr(kc, channel + "_channel").socket, msg, buffers=buffers)
    return msg["header"]["msg_id"]


def control(kc, msg_type, content):
    """Sends a request on the control channel and returns the reply's content."""
    msg_id = request(kc, msg_type, content, channel="control")
    while True:
        m = kc.get_control_msg(timeout=TIMEOUT)
        if m["parent_header"].get("msg_id") == msg_id:
            return m["content"]


def kinds(messages):
    return [m["msg_type"] for m in messages if m["msg_type"] != "status"]


def text(messages, name="stdout"):
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name)


class KernelCase(unittest.TestCase):
    """One kernel for the tests of a class."""

    options = {}  # traits of the KernelManager

    @classmethod
    def setUpClass(cls):
        cls.km = KernelManager(kernel_name=KERNEL, **cls.options)
        cls.km.start_kernel()
        cls.kc = cls.km.client()
        cls.kc.start_channels()
        cls.kc.wait_for_ready(timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    def run_cell(self, code, kc=None, stdin=None, **kw):
        kc = kc or self.kc
        return collect(kc, kc.execute(code, **kw), stdin=stdin)

    def ok(self, code, **kw):
        reply, out = self.run_cell(code, **kw)
        self.assertEqual(reply["content"]["status"], "ok", reply["content"])
        return reply, out

    def second_client(self):
        kc = BlockingKernelClient()  # km.client() would share the session, hence the identity
        kc.load_connection_info(self.km.get_connection_info())
        kc.start_channels()
        kc.wait_for_ready(timeout=TIMEOUT)
        self.addCleanup(kc.stop_channels)
        return kc
