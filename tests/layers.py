#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks the public headers against the rules of the house: floors, sizes, first lines, heavy includes, Hana's one door.

    layers.py [ROOT]     prints one line for each breach and ends with 1 if there is any
"""
import pathlib
import re
import sys

FLOORS = ["base", "schema", "transform", "migration", "sql", "postgres", "runtime", "observe", "cli"]
# Headers outside any floor: the highest floor each may include.
UMBRELLAS = {"version.hpp": -1, "static.hpp": 4, "online_migration.hpp": 6, "prometheus.hpp": 7}
LAST_STATIC_FLOOR = 4
MOST_LINES = 500
HEAVY = re.compile(r"string|chrono|memory|functional|iostream|sstream|format|ranges|random|thread|fmt/.*|libpq.*|postgres_ext\.h")
HANA_DOOR = "base/type_list.hpp"
INCLUDE = re.compile(r"^\s*#\s*include\s*([<\"])([^>\"]+)[>\"]")
ONLY_INCLUDES = re.compile(r"^\s*(#\s*(include|pragma once)\b.*|//.*)?$")


def floor_of(path):
    """The number of the floor of a header named relative to include/online_migration, or None."""
    top = path.split("/")[0]
    if "/" in path and top in FLOORS:
        return FLOORS.index(top)
    return UMBRELLAS.get(path)


def check_include(path, floor, opening, target):
    if target == "boost/hana.hpp":
        return "includes all of Boost.Hana; include the single headers in " + HANA_DOOR
    if target.startswith("boost/hana") and path != HANA_DOOR:
        return f"includes <{target}>; Hana comes in through {HANA_DOOR} only"
    if opening == '"':
        return f'includes "{target}"; write #include <online_migration/...>'
    if target.startswith("online_migration/"):
        other = target.removeprefix("online_migration/")
        other_floor = floor_of(other)
        if other_floor is None:
            return f"includes <{target}>, which is on no floor"
        if other in UMBRELLAS and other_floor >= 0 and path not in UMBRELLAS:
            return f"includes the umbrella <{target}>; include what is used"
        if other_floor > floor:
            return f"includes upward: <{target}>"
        return None
    if floor <= LAST_STATIC_FLOOR and HEAVY.fullmatch(target):
        return f"includes <{target}>, which stays out of floors 0-{LAST_STATIC_FLOOR}"
    return None


def check_header(path, text):
    """Yields (line number, sentence) for each breach in one header, named relative to include/online_migration."""
    lines = text.splitlines()
    if not lines or lines[0] != "// SPDX-License-Identifier: BSL-1.0":
        yield 1, "the first line is not `// SPDX-License-Identifier: BSL-1.0`"
    if "#pragma once" not in lines:
        yield 1, "no `#pragma once`"
    if len(lines) > MOST_LINES:
        yield len(lines), f"{len(lines)} lines; {MOST_LINES} is the most a header may have: split it"
    floor = floor_of(path)
    if floor is None:
        yield 1, f"is on no floor: move it into one of {', '.join(FLOORS)}"
        return
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            breach = check_include(path, floor, *include.groups())
            if breach:
                yield number, breach
        elif re.match(r"^\s*#\s*define\b", line):
            yield number, "defines a macro; the library has none"
        elif path in UMBRELLAS and path != "version.hpp" and not ONLY_INCLUDES.match(line):
            yield number, "an umbrella holds include lines only"


def breaches(root):
    """All breaches under ROOT/include/online_migration, as printable lines."""
    base = pathlib.Path(root) / "include" / "online_migration"
    headers = sorted(path for path in base.rglob("*") if path.is_file())
    if not headers:
        return [f"{base}: no header found"]
    found = []
    for header in headers:
        path = header.relative_to(base).as_posix()
        if header.suffix != ".hpp":
            if header.name != "README.md":
                found.append(f"{path}:1: only headers named *.hpp live here")
            continue
        for number, sentence in check_header(path, header.read_text(encoding="utf-8")):
            found.append(f"{path}:{number}: {sentence}")
    return found


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    found = breaches(root)
    print("\n".join(found) or "every header keeps to its floor")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
