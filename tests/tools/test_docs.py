#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The checks of the documentation find what they look for."""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "docs"))

import blocks  # noqa: E402
import check  # noqa: E402
import generate  # noqa: E402

CODE = "```cpp\nint x;\n```\n"


class Documentation(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        for page in ("README.md", "CONTRIBUTING.md"):
            self.page(page, "# Title\n")

    def page(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def test_code_without_a_comment_is_a_mistake(self):
        self.page("docs/x.md", CODE)
        with self.assertRaisesRegex(SystemExit, "docs/x.md:2"):
            blocks.all_blocks(self.root)

    def test_a_comment_of_another_language_is_a_mistake(self):
        self.page("docs/x.md", "<!-- test: sql -->\n" + CODE)
        with self.assertRaisesRegex(SystemExit, "cannot be tested as: sql"):
            blocks.all_blocks(self.root)

    def test_every_kind_of_block_reaches_the_compiler(self):
        self.page("docs/shelf/x.md", f"<!-- test: namespace -->\n{CODE}<!-- test: function -->\n{CODE}"
                  f"<!-- test: program -->\n{CODE}<!-- test: equals text -->\n```sql\nSELECT\n```\n")
        sys.argv = ["generate.py", str(self.root), str(self.root / "out")]
        generate.main()
        shelf = (self.root / "out/shelf_shelf.cpp").read_text(encoding="utf-8")
        self.assertEqual(shelf.count("int x;"), 2)
        self.assertIn("void block_7(", shelf)
        self.assertIn('same_sql(text, R"docs(SELECT', shelf)
        self.assertTrue((self.root / "out/program_docs_shelf_x_md_11.cpp").exists())

    def test_links(self):
        self.page("docs/x.md", "# A `b` heading\n[a](gone.md) [b](../README.md#title) [c](../README.md#gone) [d](#a-b-heading)\n")
        self.assertEqual(check.links(self.root),
                         ["docs/x.md: there is no gone.md", "docs/x.md: there is no heading for ../README.md#gone"])

    def test_kinds_of_change_without_a_line_or_an_example(self):
        structure = "include/online_migration/migration/structure/x.hpp"
        self.page(structure, "struct references {\n};\nstruct drop_all {\n  static constexpr structure_description structure{};\n};\n")
        self.page("docs/reference/changes.md", "| all goes | `om::drop_all` | nobody notices | `drop_all` | `integration.x` |\n")
        self.page("examples/changes/drop_all.cpp", "om::drop_all")
        self.assertEqual(check.changes(self.root), [])
        self.page("examples/changes/drop_all.cpp", "")
        self.page("examples/changes/other.cpp", "")
        self.page(structure.replace("x", "y"), "struct add_all {\n  static constexpr structure_description structure{};\n};\n")
        self.assertEqual(check.changes(self.root),
                         ["docs/reference/changes.md: no line has om::add_all", "examples/: none has om::add_all",
                          "examples/: none has om::drop_all", "docs/reference/changes.md: the example other has no line"])

    def test_functions_without_a_page(self):
        header = "include/online_migration/transform/x.hpp"
        call = "consteval auto {}(Argument) {{\n  return detail::make_call();\n}}\n"
        self.page(header, call.format("shout") + "namespace detail {\n" + call.format("help") + "}  // namespace detail\n")
        self.page(header.replace("x", "server_x"), "in = worlds::server_only;\n" + call.format("whisper"))
        self.page("docs/reference/transforms.md", "| [`om::shout(x)`](functions/shout.md) | |\n")
        self.page("docs/reference/functions/shout.md", "# `om::shout(x)`\n\n| | |\n|---|---|\n| Signature | text |\n| Kind | [portable](x) |\n"
                  "| Fails | never |\n| NULL | in |\n\n<!-- test: equals transform_sql(om::shout(x)) -->\nstatic_assert(true);\n")
        self.assertEqual(check.function_pages(self.root), ["docs/reference/functions/whisper.md: there is no such page"])
        self.page("docs/reference/functions/whisper.md", "| Kind | [portable](x) |\n| NUL | in |\n")
        self.page("docs/reference/functions/yell.md", "")
        page = "docs/reference/functions/whisper.md: "
        self.assertEqual(check.function_pages(self.root),
                         ["docs/reference/functions/yell.md: there is no such function", page + "no line says: Signature",
                          page + "no line says: Fails", page + "no line says: NULL", page + "the function is server-only",
                          page + "it does not show the SQL", page + "it has no example",
                          "docs/reference/transforms.md: it does not list whisper.md"])

    def test_named_test_cases(self):
        self.page("tests/x.cpp", 'TEST_CASE("it works")')
        self.page("docs/x.md", "[x](../tests/x.cpp) “it works”, “it flies”\n")
        self.assertEqual(check.named_tests(self.root), ["docs/x.md: ../tests/x.cpp has no test case “it flies”"])

    def test_code_of_error_pages(self):
        self.page("tests/compile_fail/M001_x.cpp", "  int x;\n")
        self.page("docs/errors/M001.md", CODE + "```cpp\nint y;\n```\n")
        self.assertEqual(check.quotes(self.root), ["docs/errors/M001.md:5: no test of this rule has: int y;"])

    def test_what_a_compiler_says(self):
        said = "x.cpp:1:1: error: M001: this\n column is gone\nnote: here"
        self.assertEqual(check.says("error: M001: this column …\nnote: here\n", said), "")
        self.assertEqual(check.says("note: here\nerror: M001\n", said), "error: M001")


if __name__ == "__main__":
    unittest.main()
