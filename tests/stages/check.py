#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks that source files built for different stages do not link, and that those of one stage do.

    check.py --compiler g++ --include DIR[;DIR...] --libraries "-lpq -lfmt" [--launcher ccache] [--all]

Without --all it looks at the dual writer only: what refers to the witness is the same code everywhere.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = dict(os.environ, LC_ALL="C")


class Build:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.objects = arguments, pathlib.Path(folder), {}

    def object(self, source, stage, *definitions):
        """The object of a source file at a stage."""
        key = "_".join([source, stage, *definitions])
        if key not in self.objects:
            output = self.folder / f"{key}.o"
            include = [part for path in self.arguments.include.split(";") if path for part in ("-isystem", path)]
            launcher = [self.arguments.launcher] if self.arguments.launcher else []
            command = [*launcher, self.arguments.compiler, "-std=c++20", "-O0", f"-DSTAGE={stage}",
                       *[f"-D{each}" for each in definitions], *include, "-c", str(HERE / f"{source}.cpp"),
                       "-o", str(output)]
            done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
            if done.returncode != 0:
                sys.exit(f"{key} does not compile:\n{done.stderr}")
            self.objects[key] = str(output)
        return self.objects[key]

    def link(self, *objects):
        command = [self.arguments.compiler, *objects, "-o", str(self.folder / "program"), *self.arguments.libraries.split()]
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
        return done.returncode == 0, done.stdout + done.stderr


def problems(build, uses):
    found = []

    def check(what, expected, *objects):
        linked, text = build.link(*objects)
        if linked != (expected is None):
            found.append(f"{what}: {'linked' if linked else 'did not link'}\n{text}")
        elif expected is not None and not any("wide_balance" in line and expected in line for line in text.splitlines()):
            found.append(f"{what}: no line of the linker names the migration and {expected}\n{text}")

    witness = "is_declared_in_this_binary"
    for use in uses:
        accessor = build.object("accessor", "dual_write", use)
        check(f"{use} of one stage", None, build.object("program", "dual_write"), accessor)
        check(f"{use} of an older stage", witness, build.object("program", "new_only"), accessor)
    check("a program without a witness", witness, build.object("program", "dual_write", "WITHOUT_WITNESS"),
          build.object("accessor", "dual_write", "USE_WRITER"))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, help="directories, separated by semicolons")
    parser.add_argument("--libraries", default="-lpq -lfmt")
    parser.add_argument("--launcher", default="")
    parser.add_argument("--all", action="store_true", help="each way to use a migration")
    arguments = parser.parse_args()
    uses = ("USE_WRITER", "USE_READER", "USE_ASSIGNMENTS") if arguments.all else ("USE_WRITER",)
    with tempfile.TemporaryDirectory() as folder:
        found = problems(Build(arguments, folder), uses)
    print("\n".join(found) or "what is of one stage links, and nothing else")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
