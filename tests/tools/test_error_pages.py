#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""error_pages.py misses no missing part."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import error_pages  # noqa: E402

PARTS = {"header": "include/a/rule.hpp", "test": "tests/compile_fail/M001_no_such_column.cpp", "page": "docs/errors/M001.md",
         "line": "docs/errors/README.md"}
TEXT = 'static_assert(accepts<rule>, "M001: wrong. docs/errors/M001.md");\n'
LINE = "| [M001](M001.md) | `rule` | What is wrong |\n"


class ErrorPages(unittest.TestCase):
    def missing(self, parts):
        with tempfile.TemporaryDirectory() as root:
            for part in parts:
                path = pathlib.Path(root) / part
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(LINE if part == PARTS["line"] else TEXT)
            return error_pages.missing(root)

    def test_complete(self):
        self.assertEqual(self.missing(PARTS.values()), [])

    def test_each_part_is_missed(self):
        for name in PARTS:
            found = self.missing(path for part, path in PARTS.items() if part != name)
            self.assertEqual(len(found), 1, found)
            self.assertIn(name if name != "header" else "message", found[0])

    def test_names(self):
        self.assertTrue(self.missing([*PARTS.values(), "tests/compile_fail/other.cpp"]))
        self.assertTrue(self.missing([*PARTS.values(), "docs/errors/other.md"]))
        self.assertEqual(self.missing([*PARTS.values(), "docs/errors/index.md"]), [])


if __name__ == "__main__":
    unittest.main()
