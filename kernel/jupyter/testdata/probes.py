"""The probes of ../bench/kernel_bench.py. Run by TestRealClients."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench"))
import kernel_bench as bench  # noqa: E402

KERNEL = os.environ["GOSSL_TEST_KERNEL_NAME"]


class Probes(unittest.TestCase):
    def test_probes(self):
        # Cells that last longer than there, so that a slow client is in time to find them busy.
        family = dict(bench.FAM["go"], sleep="time.Sleep(10 * time.Second)", error="time.Sleep(2 * time.Second)\n" + bench.FAM["go"]["error"],
                      stdin='import "errors"\nvar n int\nif _, err := fmt.Scan(&n); err != nil { panic(err) }')
        bench.LOG = sys.stderr
        for probe, (outcome, detail) in bench.probes(KERNEL, family, 60).items():
            # Whether the heart beats is asked with a limit of a second there, and with a longer one in protocol.py.
            if probe != "heartbeat":
                self.assertIn(outcome if isinstance(outcome, str) else outcome[0], ("pass", "ok", "complete", "incomplete"), (probe, outcome, detail))


if __name__ == "__main__":
    unittest.main()
