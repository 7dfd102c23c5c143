#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The benchmark of backfills works: each form fills its table rightly, and what it found is written down. No time is
judged."""
import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Quick(unittest.TestCase):
    def test_every_form(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "backfill.json"
            done = subprocess.run([ROOT / "benchmarks/run", "backfill", "--quick", "--rows", "1000", "--small", "500", "--large",
                                   "1500", "--json", target], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = json.loads(target.read_text())
            self.assertEqual(found["rows"], 1000)
            self.assertEqual(len(found["trials"]["alone"]), 11)
            for trials in [*found["trials"]["alone"].values(), found["trials"]["small"], found["trials"]["large"]]:
                self.assertEqual([each["wrong"] for each in trials], [0])
            self.assertEqual([found["trials"][size][0]["rows"] for size in ("small", "large")], [500, 1500])
            self.assertEqual(len(found["goals"]), 9)
            self.assertIn("| the library: 8 stripes of ranges of blocks |", done.stdout)


if __name__ == "__main__":
    unittest.main()
