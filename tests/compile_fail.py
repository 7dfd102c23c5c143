#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks one declaration that must not compile, and the message that its author gets to see.

The file holds both halves, and the message it expects:

    // EXPECT: no_such_column<users
    // EXPECT: M001: the transform reads a column that its table does not declare
    #ifdef CONTROL
    ... the corrected declaration: must compile, without a warning
    #else
    ... the mistake: must not compile
    #endif

Every EXPECT stands word for word within one of the first 12 lines of the compiler's output; there is exactly one error,
in at most 15 lines. Quoted source and repaired spelling are switched off: the first would satisfy EXPECT with the
test's own text, the second would compile something else than what is written. With --memory nothing is compiled again
that would be the same again, see support/compiler.py.
"""
import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from compiler import Compiler  # noqa: E402

MESSAGE_WITHIN_LINES = 12
MOST_LINES = 15
MOST_SHOWN = 40


def problems(compiler, include, source):
    """Everything wrong with one file, each as one sentence; empty when the file is as it should be."""
    directories = []
    for position, directory in enumerate(include):  # the library's own first, then those of its dependencies
        directories += ["-isystem" if position else "-I", directory]
    with open(source, encoding="utf-8") as file:
        text = file.read()
    expected = [line.strip() for line in re.findall(r"^// EXPECT:(.*)$", text, re.MULTILINE)]
    if not all(expected) or not expected:
        return ["there is no `// EXPECT: text` line, or an empty one"]
    if not re.search(r"^#\s*if(def|ndef)\s+CONTROL\b", text, re.MULTILINE):
        return ["there is no `#ifdef CONTROL` half that compiles"]

    found = []
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
    status, lines = compiler.run(["-DCONTROL", *strict, *directories], source)
    if status != 0:
        found.append("the corrected half (-DCONTROL) does not compile:\n" + "\n".join(lines[:MOST_SHOWN]))

    status, lines = compiler.run(directories, source)
    if status == 0:
        return found + ["the mistake compiles"]
    for text in expected:
        if not any(text in line for line in lines[:MESSAGE_WITHIN_LINES]):
            found.append(f"not in the first {MESSAGE_WITHIN_LINES} lines of the output: {text}")
    errors = sum(1 for line in lines if re.search(r"\b(fatal )?error: ", line))
    if errors != 1:
        found.append(f"{errors} errors instead of one")
    if len(lines) > MOST_LINES:
        found.append(f"{len(lines)} lines of output, {MOST_LINES} are allowed")
    if found:
        found.append("the compiler said:\n" + "\n".join(lines[:MOST_SHOWN]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", default="", help="directories, separated by semicolons")
    parser.add_argument("--memory", default="", help="where to keep what the compiler said, see support/compiler.py")
    parser.add_argument("--precompiled", default="", help="where the build has its precompiled headers")
    parser.add_argument("source")
    arguments = parser.parse_args()
    include = [directory for directory in arguments.include.split(";") if directory]
    headers = re.findall(r"^#include <(online_migration/.*)>$", pathlib.Path(arguments.source).read_text("utf-8"), re.MULTILINE)
    first = f"{arguments.precompiled}/{headers[0]}" if arguments.precompiled and headers else ""
    compiler = Compiler(arguments.compiler, arguments.memory, include[:1], first=first)
    found = problems(compiler, include, arguments.source)
    for problem in found:
        print(f"{arguments.source}: {problem}")
    print(f"halves compiled now: {compiler.compiled}, compiled before from the same files: {compiler.remembered}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
