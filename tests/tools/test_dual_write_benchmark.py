#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The benchmark of dual writes: that it measures all forms everywhere, and never how long they take."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class DualWriteBenchmark(unittest.TestCase):
    def test_a_quick_run_measures_every_form_in_every_place(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder, "found.json")
            done = subprocess.run([ROOT / "benchmarks/run", "dual_write", "--quick", "--json", target],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = json.loads(target.read_text())["found"]
            for place in ("socket", "tcp", "far"):
                for form in ("one-column", "library", "trigger-only", "transaction"):
                    self.assertGreater(found[place][form]["p50"], 0)
            if shutil.which("valgrind"):
                self.assertIn("library", found["instructions"])
            self.assertIn("| **the library** |", done.stdout)


if __name__ == "__main__":
    unittest.main()
