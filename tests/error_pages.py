#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks that every rule has all its parts: a message in a header, a compile-fail test, a page in docs/errors, and a
line in the list of these pages.

    error_pages.py [ROOT]     prints one line for each missing part and ends with 1 if there is any
"""
import pathlib
import re
import sys


def numbers(root):
    """The numbers of the rules, by the place they were found in."""
    headers, tests, pages = set(), set(), set()
    for header in (root / "include").rglob("*.hpp"):
        headers |= set(re.findall(r"\bM\d{3}\b", header.read_text(encoding="utf-8")))
    for test in (root / "tests" / "compile_fail").glob("*.cpp"):
        match = re.match(r"(M\d{3})_[a-z0-9_]+\.cpp$", test.name)
        tests.add(match.group(1) if match else f"{test.name} (not named M001_what_is_wrong.cpp)")
    for page in (root / "docs" / "errors").glob("*.md"):
        if page.name not in ("README.md", "index.md"):
            match = re.match(r"(M\d{3})\.md$", page.name)
            pages.add(match.group(1) if match else f"{page.name} (not named M001.md)")
    listed = set(re.findall(r"^\| \[(M\d{3})\]", (root / "docs/errors/README.md").read_text(encoding="utf-8"), re.M))
    return {"a message in include/": headers, "a test in tests/compile_fail/": tests, "a page in docs/errors/": pages,
            "a line in docs/errors/README.md": listed}


def missing(root):
    places = numbers(pathlib.Path(root))
    every = set().union(*places.values())
    return [f"{number} has no {place.removeprefix('a ')}"
            for number in sorted(every) for place, found in places.items() if number not in found]


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    found = missing(root)
    print("\n".join(found) or "every rule has its message, its test, its page and its line in the list")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
