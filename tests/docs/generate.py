#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Writes the C++ that the build compiles for README.md and docs/: one source for each shelf, one for each program.

    generate.py ROOT OUTPUT     prints the names of the programs, separated by semicolons
"""
import pathlib
import re
import sys

import blocks


def identifier(text):
    return re.sub(r"\W", "_", text)


def shelf_of(page):
    parts = page.split("/")
    return identifier(parts[1] if len(parts) > 2 else pathlib.Path(page).stem)


def scope(block):
    """A block as C++, at namespace scope."""
    at = f'#line {block.line} "{block.page}"\n'
    if block.test == "namespace":
        return at + block.code
    if block.test == "function":
        return (f"void block_{block.line}([[maybe_unused]] om::database& app, [[maybe_unused]] om::toolkit& toolkit, "
                f"[[maybe_unused]] om::connection& connection, [[maybe_unused]] std::stop_token stop_token) {{\n"
                f"{{\n{at}{block.code}}}\n}}\n")
    expression = block.test.removeprefix("equals ")
    return f'{at}static_assert(same_sql({expression}, R"docs({block.code})docs"), "this SQL is not what the library makes");\n'


def write(path, text):
    """Leaves a file alone that is right already, so that nothing is compiled again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    root, output = sys.argv[1], pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    shelves, programs = {}, []
    for block in blocks.all_blocks(root):
        if block.test == "program":
            name = f"program_{identifier(block.page)}_{block.line}"
            write(output / f"{name}.cpp", f'#line {block.line} "{block.page}"\n{block.code}')
            programs.append(name)
        elif block.test in ("namespace", "function") or block.test.startswith("equals "):
            pages = shelves.setdefault(shelf_of(block.page), {})
            pages.setdefault(block.page, []).append(scope(block))
    for shelf, pages in shelves.items():
        text = '#include "docs/example.hpp"\n'
        for page, parts in pages.items():
            text += f"namespace page_{identifier(page)} {{\n{''.join(parts)}}}\n"
        write(output / f"shelf_{shelf}.cpp", text)
    wanted = {f"{name}.cpp" for name in programs} | {f"shelf_{shelf}.cpp" for shelf in shelves}
    for left_over in output.glob("*.cpp"):
        if left_over.name not in wanted:
            left_over.unlink()
    print(";".join(programs), end="")


if __name__ == "__main__":
    main()
