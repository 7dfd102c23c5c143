#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""compile_fail.py accepts a good case, and refuses every way in which such a test can pass without proving anything."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import compile_fail  # noqa: E402

COMPILERS = [found for found in map(shutil.which, ["g++", "clang++-16"]) if found]

RULE = """
template <typename Diagnosis> inline constexpr bool accepts = false;
template <typename Table> struct no_such_column {
  static constexpr bool raise() { static_assert(accepts<no_such_column>, "M999: there is no such column."); return true; }
};
struct users {};
"""
CONTROL = "#ifdef CONTROL\nint fine = 0;\n#else\n"
BROKEN = "inline constexpr bool broken = no_such_column<users>::raise();\n"
EXPECT = "// EXPECT: M999: there is no such column.\n// EXPECT: no_such_column<users>\n"


class CompileFail(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source = pathlib.Path(folder.name) / "M999_case.cpp"

    def outcome(self, text):
        self.source.write_text(text)
        return {compiler: compile_fail.problems(compile_fail.Compiler(compiler), [], str(self.source)) for compiler in COMPILERS}

    def refused(self, text, words):
        for compiler, found in self.outcome(text).items():
            self.assertTrue(any(words in problem for problem in found), f"{compiler}: {found}")

    def test_compilers(self):
        self.assertTrue(COMPILERS)

    def test_good(self):
        for compiler, found in self.outcome(EXPECT + RULE + CONTROL + BROKEN + "#endif\n").items():
            self.assertEqual(found, [], compiler)

    def test_mistake_compiles(self):
        self.refused(EXPECT + RULE + CONTROL + "int also_fine = 0;\n#endif\n", "the mistake compiles")

    def test_other_sentence(self):
        self.refused("// EXPECT: M998: something else\n" + RULE + CONTROL + BROKEN + "#endif\n", "not in the first")

    def test_quoted_source_is_not_the_message(self):
        text = "// EXPECT: only in the comment of this line\n" + RULE + CONTROL
        self.refused(text + BROKEN.strip() + " // only in the comment of this line\n#endif\n", "not in the first")

    def test_repaired_spelling_is_not_the_message(self):
        # Were clang to repair "usres" to "users", the rule would be raised in a program that nobody wrote.
        self.refused(EXPECT + RULE + CONTROL + BROKEN.replace("<users>", "<usres>") + "#endif\n", "not in the first")

    def test_control_is_broken(self):
        self.refused(EXPECT + RULE + CONTROL.replace("int fine = 0;", "int fine = missing;") + BROKEN + "#endif\n",
                     "does not compile")

    def test_control_warns(self):
        self.refused(EXPECT + RULE + CONTROL.replace("int fine = 0;", "inline int f(int unused) { return 0; }") + BROKEN
                     + "#endif\n", "does not compile")

    def test_two_errors(self):
        self.refused(EXPECT + RULE + CONTROL + BROKEN + "int second = missing;\n#endif\n", "2 errors")

    def test_too_long(self):
        overloads = "".join(f"struct type{n} {{}};\nvoid overloaded(type{n});\n" for n in range(20))
        self.refused(EXPECT + RULE + CONTROL + overloads + "void call() { overloaded(1); }\n#endif\n", "lines of output")

    def test_nothing_expected(self):
        self.refused(RULE + CONTROL + BROKEN + "#endif\n", "EXPECT")
        self.refused("// EXPECT:\n" + RULE + CONTROL + BROKEN + "#endif\n", "EXPECT")

    def test_no_control(self):
        self.refused(EXPECT + RULE + BROKEN, "CONTROL")


if __name__ == "__main__":
    unittest.main()
