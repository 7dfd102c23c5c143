#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The pages of what benchmarks show: that they hold what was printed, and a plot of it, and never what is in it."""
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Pages(unittest.TestCase):
    def test_a_page_has_the_table_and_the_plot(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([ROOT / "benchmarks/results", "parity", "--pages", folder, "--", "--quick"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            page = pathlib.Path(folder, "parity.md").read_text()
            self.assertIn("`benchmarks/run parity --quick`", page)
            self.assertIn("| the library: ranges of blocks |", page)
            self.assertIn("(parity_rate.svg)", page)
            self.assertNotIn(folder, page)
            words = "".join(xml.etree.ElementTree.parse(pathlib.Path(folder, "parity_rate.svg")).getroot().itertext())
            for bar in ("one sequential scan", "the library: ranges of blocks", "the library: computed by the client"):
                self.assertIn(bar, words)

    def test_a_benchmark_that_does_not_exist_is_an_error(self):
        done = subprocess.run([ROOT / "benchmarks/results", "luck"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("luck", done.stderr)


if __name__ == "__main__":
    unittest.main()
