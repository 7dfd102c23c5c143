#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The benchmark of what an application notices: that it measures beside everything, and never how long it takes."""
import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Quick(unittest.TestCase):
    def test_there_are_latencies_beside_everything(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "foreground.json"
            done = subprocess.run([ROOT / "benchmarks/run", "foreground", "--quick", "--json", target],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = json.loads(target.read_text())["trials"]
            self.assertEqual(list(found), ["idle", "spinner", "backfill", "one-update"])
            for trials in found.values():
                self.assertGreater(trials[0]["transactions"], 0)
                self.assertGreaterEqual(trials[0]["worst"], trials[0]["p99"])
            self.assertIn("| one UPDATE of the whole table |", done.stdout)


if __name__ == "__main__":
    unittest.main()
