#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""compiler.py says again what it said before, and compiles again whenever the compiler could say something else."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import compiler  # noqa: E402

COMPILERS = [found for found in map(shutil.which, ["g++", "clang++-16"]) if found]


class Remembering(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("own/library/thing.hpp", "#pragma once\n#include \"part.hpp\"\n")
        self.write("own/library/part.hpp", "static_assert(false, \"first\");\n")
        self.source = self.write("case $1 #2.cpp", "#include <thing.hpp>\n#ifdef CONTROL\nint warned = 1.5;\n#endif\n")
        self.own = [self.folder / "own"]
        self.options = [f"-I{self.folder}/own/before", f"-I{self.folder}/own/library"]

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def settle(self):
        time.sleep(2 * compiler.CLOCK_SLACK_S)

    def run_once(self, command, options=(), **more):
        """The output, and whether it was compiled for it."""
        one = compiler.Compiler(command, str(self.folder / "memory"), self.own, **more)
        status, lines = one.run([*self.options, *options], self.source)
        self.assertEqual(one.compiled + one.remembered, 1)
        self.assertEqual(status, 1)
        return "\n".join(lines), one.compiled == 1

    def for_each_compiler(self, change, options=(), **more):
        """After the change each compiler is asked again; what each says then."""
        self.settle()
        before = {}
        for command in COMPILERS:
            before[command], compiled = self.run_once(command)
            self.assertTrue(compiled)
            self.assertEqual(self.run_once(command), (before[command], False))
        change()
        self.settle()
        after = {}
        for command in COMPILERS:
            after[command], compiled = self.run_once(command, options, **more)
            self.assertTrue(compiled, command)
            self.assertEqual(self.run_once(command, options, **more), (after[command], False))
        return before, after

    def test_compilers(self):
        self.assertTrue(COMPILERS)

    def test_header_of_a_header_changed(self):
        def change():
            header = self.folder / "own/library/part.hpp"
            was = os.stat(header)
            self.write("own/library/part.hpp", "static_assert(false, \"other\");\n")  # as long as before
            os.utime(header, ns=(was.st_atime_ns, was.st_mtime_ns))  # and as old
        before, after = self.for_each_compiler(change)
        for command in COMPILERS:
            self.assertIn("first", before[command])
            self.assertIn("other", after[command])

    def test_source_changed(self):
        self.for_each_compiler(lambda: self.write("case $1 #2.cpp", "#include <thing.hpp>\n\n"))

    def test_new_header_is_found_first(self):
        _, after = self.for_each_compiler(
            lambda: self.write("own/before/thing.hpp", "static_assert(false, \"another\");\n"))
        for command in COMPILERS:
            self.assertIn("another", after[command])

    def test_header_is_gone(self):
        def change():
            self.write("own/before/part.hpp", "static_assert(false, \"moved\");\n")
            (self.folder / "own/library/part.hpp").unlink()
        _, after = self.for_each_compiler(change)
        for command in COMPILERS:
            self.assertIn("moved", after[command])

    def test_other_options(self):
        _, after = self.for_each_compiler(lambda: None, ["-DCONTROL", "-Wconversion"])
        for command in COMPILERS:
            self.assertIn("case $1 #2.cpp:3", after[command])

    def test_other_locale(self):
        self.for_each_compiler(lambda: None, locale="C.UTF-8")

    def test_other_environment(self):
        self.addCleanup(os.environ.pop, "CPATH", None)
        self.for_each_compiler(lambda: os.environ.update(CPATH=str(self.folder / "nowhere")))

    def fake(self, script):
        path = self.write("fake g++", f"#!/bin/sh\n{script}\nexec {COMPILERS[0]} \"$@\"\n")
        path.chmod(0o755)
        self.settle()
        return str(path)

    def test_other_release_of_the_compiler(self):
        release = self.write("release", "1")
        fake = self.fake(f"[ \"$1\" != --version ] || exec cat '{release}'")
        for change in (lambda: None, lambda: release.write_text("2"), lambda: os.utime(fake, (1, 1))):
            change()
            self.assertTrue(self.run_once(fake)[1])
            self.assertFalse(self.run_once(fake)[1])

    def test_source_changed_under_the_compiler(self):
        fake = self.fake(f"[ \"$1\" = --version ] || echo '// more' >>'{self.source}'")
        self.assertTrue(self.run_once(fake)[1])
        self.assertTrue(self.run_once(fake)[1])

    def test_a_file_of_this_moment_may_change_under_the_compiler(self):
        self.addCleanup(setattr, compiler, "CLOCK_SLACK_S", compiler.CLOCK_SLACK_S)
        compiler.CLOCK_SLACK_S = 600
        for command in COMPILERS:
            self.assertTrue(self.run_once(command)[1])
            self.assertTrue(self.run_once(command)[1])

    def test_a_missing_header_is_looked_for_again(self):
        self.source.write_text("#include <missing.hpp>\n")
        self.settle()
        for command in COMPILERS:
            self.assertTrue(self.run_once(command)[1])
            self.assertTrue(self.run_once(command)[1])

    def test_a_broken_record_is_none(self):
        self.settle()
        for command in COMPILERS:
            said = self.run_once(command)[0]
            for record in (self.folder / "memory").iterdir():
                record.write_text(record.read_text()[:-9])
            self.assertEqual(self.run_once(command), (said, True))

    def test_precompiled_header(self):
        """What was precompiled is taken as long as it is what the headers say, and the words are the same."""
        self.write("own/library/part.hpp", "static_assert(sizeof(int) == 4);\n")
        self.source.write_text("#include <thing.hpp>\nint broken = nothing;\n")
        self.settle()
        for command in COMPILERS:
            plain = self.run_once(command)[0]
            suffix = ".pch" if "clang" in command else ".gch"
            first = self.write(f"{suffix}/thing.hpp", "#include <thing.hpp>\n")
            subprocess.run([command, "-std=c++20", *self.options, "-MD", "-MF", f"{first}{suffix}.d", "-x", "c++-header",
                            str(first), "-o", f"{first}{suffix}"], check=True)
            self.settle()
            behind = compiler.Compiler(command, first=str(first)).beginning[1]
            self.assertTrue(any(file.endswith("/part.hpp") for file in behind), behind)
            self.assertEqual(self.run_once(command, first=str(first)), (plain, True))
            self.assertEqual(self.run_once(command, first=str(first)), (plain, False))
            os.utime(self.folder / "own/library/part.hpp")
            self.assertEqual(compiler.Compiler(command, first=str(first)).beginning, ([], []))

    def test_without_memory(self):
        one = compiler.Compiler(COMPILERS[0])
        for _ in range(2):
            one.run(self.options, self.source)
        self.assertEqual((one.compiled, one.remembered), (2, 0))


if __name__ == "__main__":
    unittest.main()
