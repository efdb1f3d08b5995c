"""One libzmq peer for the tests of package zmtp: python peer.py SCENARIO ENDPOINT [SERVERKEY].

It exits with 0 when everything that it received was right.
"""
import hashlib
import sys

import zmq

scenario, endpoint = sys.argv[1:3]
ctx = zmq.Context()


def connect(kind, identity=None):
    s = ctx.socket(kind)
    s.linger = 0
    s.rcvtimeo = s.sndtimeo = 60000
    if identity:
        s.identity = identity
    if len(sys.argv) > 3:
        s.curve_serverkey = sys.argv[3].encode()
        s.curve_publickey, s.curve_secretkey = zmq.curve_keypair()
    s.connect(endpoint)
    return s


def block(i, n):
    return (hashlib.sha256(b"%d" % i).digest() * (n // 32 + 1))[:n]


if scenario == "dealer":  # ROUTER echoes
    s = connect(zmq.DEALER, b"py")
    for i in range(3000):
        s.send_multipart([b"%d" % i, b"", block(i, i % 700)])
        if i % 50 == 49:
            for j in range(i - 49, i + 1):
                got = s.recv_multipart()
                assert got == [b"%d" % j, b"", block(j, j % 700)], (j, got)
    big = [block(1, 10_000_000), b"", block(2, 255), block(3, 256)]
    s.send_multipart(big)
    assert s.recv_multipart() == big
elif scenario == "req":  # a heartbeat
    s = connect(zmq.REQ)
    for i in range(200):
        s.send(b"%d" % i)
        assert s.recv() == b"%d" % i
elif scenario in ("sub", "slow"):  # XPUB sends "welcome" TOPIC, then numbered messages, then "end"
    s = connect(zmq.SUB)
    s.subscribe(b"")
    assert s.recv_multipart() == [b"welcome", b""]
    n = int(sys.stdin.readline())  # the test may now publish n messages
    if scenario == "slow":
        sys.stdin.readline()  # and says when all of them are queued
    for i in range(n):
        got = s.recv_multipart()
        assert got == [b"t", b"%d" % i, block(i, 100)], (i, got)
    assert s.recv_multipart() == [b"end"]
elif scenario == "topics":
    s = connect(zmq.SUB)
    s.subscribe(b"a")
    assert s.recv_multipart() == [b"a", b"welcome"]
    s.subscribe(b"b")
    assert s.recv_multipart() == [b"b", b"welcome"]
    s.unsubscribe(b"a")
    s.subscribe(b"c")  # once welcomed to c, the end of a is known too
    assert s.recv_multipart() == [b"c", b"welcome"]
    print("ready", flush=True)
    assert s.recv_multipart() == [b"b1"]
    assert s.recv_multipart() == [b"c1"]
elif scenario == "refused":
    s = connect(zmq.DEALER)
    events = s.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_DISCONNECTED)
    events.rcvtimeo = 60000
    events.recv_multipart()  # the connection did not come about
elif scenario == "comes-and-goes":
    for i in range(100):
        s = connect(zmq.DEALER, b"py")
        s.send_multipart([b"%d" % i])
        assert s.recv_multipart() == [b"%d" % i]
        s.close()
else:
    sys.exit("unknown scenario " + scenario)
