#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks how many classes and functions one migration more makes a compiler instantiate, with its table of ten columns,
every rule, the fingerprint and every statement. Counts are the same each time, unlike times, and they are what grows
unnoticed. What they cost is measured by benchmarks/compile_time; docs/design/compile-time.md says what was tried.

    instantiations.py CLANG DIRECTORIES     include directories, separated by semicolons; ends with 1 above the most
"""
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks/compile_time"))
import compiling  # noqa: E402
import declarations  # noqa: E402

FEW, MANY = 2, 12
# A little above what it is; a migration with more nodes in its transform, or more names of its own, needs more.
MOST = 66


def main():
    clang, directories = sys.argv[1], sys.argv[2].split(";")
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, MANY):
            file = pathlib.Path(folder) / f"{count}.cpp"
            file.write_text(declarations.source(count, "statements"))
            made[count] = compiling.instantiations(clang, file, directories)
    if made[FEW] == 0:
        sys.exit("the compiler's trace names no instantiation, so nothing was counted")
    each = (made[MANY] - made[FEW]) / (MANY - FEW)
    print(f"{each:.1f} instantiations for each migration, at most {MOST}; {made}")
    if each > MOST:
        sys.exit("See what they are: clang -ftime-trace -ftime-trace-granularity=0, events InstantiateClass and "
                 "InstantiateFunction.")


if __name__ == "__main__":
    main()
