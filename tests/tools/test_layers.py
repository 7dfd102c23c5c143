#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""layers.py finds every breach that it promises to find, and nothing in a good header."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import layers  # noqa: E402

GOOD = "// SPDX-License-Identifier: BSL-1.0\n#pragma once\n"


def sentences(path, text):
    return [sentence for _, sentence in layers.check_header(path, text)]


class Layers(unittest.TestCase):
    def breach(self, path, text, words):
        found = sentences(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_good_headers(self):
        self.assertEqual(sentences("base/a.hpp", GOOD + "#include <array>\n#include <online_migration/base/b.hpp>\n"), [])
        self.assertEqual(sentences("sql/a.hpp", GOOD + "#include <string_view>\n#include <online_migration/base/b.hpp>\n"), [])
        self.assertEqual(sentences("postgres/a.hpp", GOOD + "#include <libpq-fe.h>\n#include <string>\n"), [])
        self.assertEqual(sentences("base/type_list.hpp", GOOD + "#include <boost/hana/tuple.hpp>\n"), [])
        self.assertEqual(sentences("static.hpp", GOOD + "\n// All.\n#include <online_migration/sql/a.hpp>\n"), [])

    def test_upward_include(self):
        self.breach("schema/a.hpp", GOOD + "#include <online_migration/sql/b.hpp>\n", "includes upward")
        self.breach("postgres/a.hpp", GOOD + "#  include <online_migration/runtime/b.hpp>\n", "includes upward")
        self.breach("static.hpp", GOOD + "#include <online_migration/postgres/b.hpp>\n", "includes upward")

    def test_umbrella_from_below(self):
        self.breach("runtime/a.hpp", GOOD + "#include <online_migration/static.hpp>\n", "umbrella")

    def test_include_of_no_floor(self):
        self.breach("sql/a.hpp", GOOD + "#include <online_migration/impl/b.hpp>\n", "on no floor")

    def test_header_on_no_floor(self):
        self.breach("impl/a.hpp", GOOD, "on no floor")
        self.breach("stray.hpp", GOOD, "on no floor")

    def test_quoted_include(self):
        self.breach("sql/a.hpp", GOOD + '#include "b.hpp"\n', "write #include <online_migration/")

    def test_heavy_includes_below_floor_five(self):
        for header in ["string", "chrono", "memory", "functional", "fmt/format.h", "fmt/core.h", "libpq-fe.h",
                       "libpq/libpq-fs.h"]:
            for floor in layers.FLOORS[:5]:
                self.breach(f"{floor}/a.hpp", GOOD + f"#include <{header}>\n", "stays out of floors 0-4")

    def test_hana(self):
        self.breach("base/type_list.hpp", GOOD + "#include <boost/hana.hpp>\n", "all of Boost.Hana")
        self.breach("migration/a.hpp", GOOD + "#include <boost/hana/tuple.hpp>\n", "through base/type_list.hpp only")
        self.breach("runtime/a.hpp", GOOD + "#include <boost/hana/fwd/tuple.hpp>\n", "through base/type_list.hpp only")

    def test_size(self):
        self.breach("sql/a.hpp", GOOD + "\n" * 499, "501 lines")
        self.assertEqual(sentences("sql/a.hpp", GOOD + "\n" * 498), [])

    def test_first_lines(self):
        self.breach("sql/a.hpp", "#pragma once\n", "SPDX")
        self.breach("sql/a.hpp", "// SPDX-License-Identifier: BSL-1.0\n", "#pragma once")

    def test_macro(self):
        self.breach("sql/a.hpp", GOOD + "#define ONLINE 1\n", "macro")

    def test_umbrella_with_code(self):
        self.breach("static.hpp", GOOD + "namespace online_migration {}\n", "include lines only")

    def test_tree(self):
        with tempfile.TemporaryDirectory() as root:
            self.assertEqual(len(layers.breaches(root)), 1, "an empty tree must not pass")
            folder = pathlib.Path(root) / "include" / "online_migration" / "schema"
            folder.mkdir(parents=True)
            (folder / "a.hpp").write_text(GOOD)
            self.assertEqual(layers.breaches(root), [])
            (folder / "b.hpp").write_text(GOOD + "#include <online_migration/cli/a.hpp>\n")
            (folder / "c.ipp").write_text(GOOD)
            self.assertEqual(len(layers.breaches(root)), 2)


if __name__ == "__main__":
    unittest.main()
