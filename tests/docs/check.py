#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks what the build does not prove about README.md and docs/.

    check.py ROOT links                                 every link to a file of the repository, and to a heading, leads somewhere;
                                                        test cases that are named are there; code of docs/errors/ stands in
                                                        the compile-fail test of its rule; each kind of change has a line and
                                                        an example, each function of a transform a page
    check.py ROOT mistakes COMPILER DIRECTORIES MEMORY  blocks that must not compile do not, and compilers say what the page says
    check.py ROOT server PROGRAMS                       beside a server: programs end with 0 and print what the page says, SQL runs,
                                                        the page on state tables has their columns
    check.py ROOT promtool PROGRAM                      Prometheus' own tool accepts rules and configuration; alerts do what
                                                        alerts.yaml says
"""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import blocks
from generate import identifier

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from compiler import Compiler  # noqa: E402


def links(root):
    def anchors(page):
        text = re.sub(r"^```.*?^```", "", (root / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

    found = []
    for page in blocks.pages(root):
        text = re.sub(r"^```.*?^```", "", (root / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"\w+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = pathlib.Path(os.path.normpath(root / pathlib.Path(page).parent / path)) if path else root / page
            if not there.exists():
                found.append(f"{page}: there is no {target}")
            elif anchor and there.suffix == ".md" and anchor not in anchors(there.relative_to(root)):
                found.append(f"{page}: there is no heading for {target}")
    return found


def named_tests(root):
    """Test cases that a page names behind a link to their file, and that are not in it."""
    found = []
    for page in blocks.pages(root):
        text = (root / page).read_text(encoding="utf-8")
        for target, names in re.findall(r"\]\(([^)]+\.cpp)\)((?:,? “[^”]+”)+)", text):
            path = root / pathlib.Path(page).parent / target
            source = path.read_text(encoding="utf-8") if path.exists() else ""
            headers = [header.read_text(encoding="utf-8") for header in path.parent.glob("*.hpp")]
            found += [f"{page}: {target} has no test case “{name}”" for name in re.findall("“([^”]+)”", names)
                      if not any(f'"{name}"' in text for text in [source, *headers])]
    return found


def quotes(root):
    """Lines of code in docs/errors/ that no test of their rule has."""
    found = []
    for page in blocks.pages(root):
        if blocks.tested(page):
            continue
        tests = (root / "tests" / "compile_fail").glob(f"{pathlib.Path(page).stem}_*.cpp")
        there = {line.strip() for test in tests for line in test.read_text(encoding="utf-8").splitlines()}
        for line, code in blocks.plain_blocks(root, page, "cpp"):
            found += [f"{page}:{line}: no test of this rule has: {each}"
                      for each in code.splitlines() if each.strip() and each.strip() not in there]
    return found


def kinds_of_change(root):
    """The names of all kinds of change in the headers."""
    folder = root / "include/online_migration/migration"
    names = {name for name in ("add_column", "replace_column", "replace_columns", "replace_key", "rename_column", "move_columns",
                               "extract_rows")
             if (folder / f"{name}.hpp").exists()}
    for header in (folder / "structure").glob("*.hpp"):
        text = header.read_text(encoding="utf-8")
        names |= {name for name, body in re.findall(r"^struct (\w+)[^;{]*{\n(.*?)^};", text, re.MULTILINE | re.DOTALL)
                  if "static constexpr structure_description structure" in body}
    return names


def changes(root):
    """Kinds of change without a line on their page, or without an example."""
    page = root / "docs/reference/changes.md"
    if not page.exists():
        return []
    lines = page.read_text(encoding="utf-8").partition("## Coming from")[0]
    named = set(re.findall(r"`om::(\w+)", lines))
    examples = "".join(file.read_text(encoding="utf-8") for kind in ("*.cpp", "*.hpp")
                       for file in sorted((root / "examples").rglob(kind)))
    shown = set(re.findall(r"\bom::(\w+)", examples))
    there = {file.stem for file in (root / "examples/changes").glob("*.cpp")} - {"place"}
    listed = {word.rstrip("/") for row in re.findall(r"^\| .*\|$", lines, re.MULTILINE) if row.count(" | ") == 4
              for word in re.findall(r"`([\w/]+)`", row.split(" | ")[3])}
    return ([f"docs/reference/changes.md: no line has om::{name}" for name in sorted(kinds_of_change(root) - named)]
            + [f"examples/: none has om::{name}" for name in sorted(kinds_of_change(root) - shown)]
            + [f"docs/reference/changes.md: the example {name} has no line" for name in sorted(there - listed)]
            + [f"docs/reference/changes.md: there is no example {name}" for name in sorted(listed - there)
               if not (root / "examples" / name).is_dir()])


def functions(root):
    """The functions of the catalogue by the name of their page, with their kind."""
    pages = {"arithmetic": "arithmetic", "comparison": "comparison", "boolean": "logic"}
    found = {}
    for header in sorted((root / "include/online_migration/transform").glob("*.hpp")):
        text = header.read_text(encoding="utf-8")
        kind = next((kind for kind in ("server-only", "client-only") if f"in = worlds::{kind.replace('-', '_')}" in text
                     or f"in = (worlds::{kind.replace('-', '_')}" in text), "portable")
        text = re.sub(r"^namespace detail {$.*?^}  // namespace detail$", "", text, flags=re.MULTILINE | re.DOTALL)
        for name in re.findall(r"^consteval [^(]*?(operator[^(]+|\b\w+)\(", text, re.MULTILINE):
            found[pages[header.stem] if name.startswith("operator") else name] = kind
    return found


def function_pages(root):
    """Functions without a page, or whose page lacks a part; pages of no function, or that the list of all does not have."""
    there = functions(root)
    folder = root / "docs/reference/functions"
    pages = {page.stem for page in folder.glob("*.md")}
    found = [f"docs/reference/functions/{name}.md: there is no such page" for name in sorted(there.keys() - pages)]
    found += [f"docs/reference/functions/{name}.md: there is no such function" for name in sorted(pages - there.keys())]
    index = (root / "docs/reference/transforms.md").read_text(encoding="utf-8") if pages else ""
    for name in sorted(pages & there.keys()):
        page = f"docs/reference/functions/{name}.md"
        text = (root / page).read_text(encoding="utf-8")
        found += [f"{page}: no line says: {row}" for row in ("Signature", "Fails", "NULL") if f"\n| {row} | " not in text]
        if f"\n| Kind | [{there[name]}](" not in text:
            found.append(f"{page}: the function is {there[name]}")
        if there[name] != "client-only" and "<!-- test: equals transform_sql(" not in text:
            found.append(f"{page}: it does not show the SQL")
        if "static_assert(" not in text and "<!-- test: gives " not in text:
            found.append(f"{page}: it has no example")
        if f"](functions/{name}.md) |" not in index:
            found.append(f"docs/reference/transforms.md: it does not list {name}.md")
    return found


def state_columns(root, environment):
    """Where docs/reference/state-tables.md and the catalog disagree."""
    page = (root / "docs/reference/state-tables.md").read_text(encoding="utf-8")
    written = []
    for table, text in re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL):
        written += [f"{table}.{column} {kind}" for column, kind in re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, re.MULTILINE)]
    there = run(["psql", "-qXAt", "-c", """
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relname LIKE 'online\\_migration\\_%' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        """], env=environment).stdout.splitlines()
    return [f"docs/reference/state-tables.md: {each} is in one place only, page or database"
            for each in sorted(set(written) ^ set(there))]


def compile_mistake(block, compiler, options):
    """What the compiler says about a block that must not compile: whether it failed, and its output."""
    headers = ['"docs/example_table.hpp"'] if "struct users " not in block.code else ["<online_migration/online_migration.hpp>"]
    if "struct canonical_display_name " not in block.code and "struct users " not in block.code:
        headers.append('"docs/example_migration.hpp"')
    source = "".join(f"#include {header}\n" for header in headers)
    if "namespace om " not in block.code and "struct users " in block.code:
        source += "namespace om = online_migration;\n"
    if block.test.endswith("function"):
        source += f"void block(om::connection& connection) {{\n{block.code}}}\n"
    else:
        source += block.code
    # Named after its text, so that it is the same file as on the last run while the block is the same.
    path = pathlib.Path(compiler.memory) / f"block_{hashlib.sha256(source.encode()).hexdigest()[:16]}.cpp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    status, lines = compiler.run(options, path)
    return status != 0, "\n".join(lines)


def says(wanted, said):
    """The first line of a page that the compiler did not say; "" if it said them all, in this order."""
    said = " ".join(said.split())
    at = 0
    for line in wanted.splitlines():
        for part in filter(None, (" ".join(piece.split()) for piece in line.split("…"))):
            found = said.find(part, at)
            if found < 0:
                return line
            at = found + len(part)
    return ""


def mistakes(root, command, directories, memory, first):
    label = "clang" if "clang" in command else "g++"
    compiler = Compiler(command, memory, [root / "include", root / "tests"], "C.UTF-8", first)
    options = [f"-I{HERE.parent}", *(option for directory in directories for option in ("-isystem", directory))]
    found, last = [], ""
    for block in blocks.all_blocks(root):
        if block.test.startswith("fails "):
            failed, last = compile_mistake(block, compiler, options)
            number = block.test.split()[1]
            errors = re.findall(r"\berror: .*", last)
            if not failed:
                found.append(f"{block.place}: compiles")
            elif len(errors) != 1 or f"{number}:" not in errors[0]:
                found.append(f"{block.place}: does not fail with {number} alone:\n{last}")
        elif block.test == f"says {label}":
            missing = says(block.code, last)
            if missing:
                found.append(f"{block.place}: {label} does not say: {missing}\n{last}")
    return found


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **more)


def fresh_database(name):
    done = run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", f"CREATE DATABASE {name}"])
    if done.returncode != 0:
        raise SystemExit(f"cannot create the database {name}: {done.stderr}")
    return dict(os.environ, PGDATABASE=name)


def server(root, programs):
    found = []
    printed = ""
    prepared = fresh_database("docs_prepared")
    ready = run([f"{programs}/docs_prepare"], env=prepared)
    if ready.returncode != 0:
        return [f"tests/docs/prepare.cpp: {ready.stderr}"]
    for block in blocks.all_blocks(root):
        if block.test == "program":
            name = f"program_{identifier(block.page)}_{block.line}"
            done = run([f"{programs}/{name}"], env=fresh_database(name.lower()))
            printed = done.stdout
            if done.returncode != 0:
                found.append(f"{block.place}: the program ends with {done.returncode}: {done.stdout}{done.stderr}")
        elif block.test == "output" and printed.split() != block.code.split():
            found.append(f"{block.place}: the program prints\n{printed}")
        elif block.test.startswith("gives "):
            done = run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", block.code], env=prepared)
            if done.stdout.rstrip("\n") != block.test.removeprefix("gives "):
                found.append(f"{block.place}: the query gives {done.stdout}{done.stderr}")
        elif block.test == "sql":
            script = f"BEGIN;\n{block.code}\nROLLBACK;\n"
            done = run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=script, env=prepared)
            if done.returncode != 0:
                found.append(f"{block.place}: {done.stderr}")
    return found + state_columns(root, prepared)


def promtool(root, program):
    found = []
    for block in blocks.all_blocks(root):
        if block.language != "yaml" or not block.test:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rules.yaml"
            path.write_text(block.code, encoding="utf-8")
            commands = [[program, "check", block.test, str(path)]]
            if block.test == "rules":
                tests = pathlib.Path(folder) / "tests.yaml"
                tests.write_text((HERE / "alerts.yaml").read_text(encoding="utf-8"), encoding="utf-8")
                commands.append([program, "test", "rules", str(tests)])
            for command in commands:
                done = run(command)
                if done.returncode != 0:
                    found.append(f"{block.place}: {done.stdout}{done.stderr}")
    return found


def main():
    root, what, *rest = sys.argv[1:]
    root = pathlib.Path(root).resolve()
    if what == "links":
        found = links(root) + named_tests(root) + quotes(root) + changes(root) + function_pages(root)
    elif what == "mistakes":
        found = mistakes(root, rest[0], [directory for directory in rest[1].split(";") if directory], *rest[2:])
    elif what == "promtool":
        found = promtool(root, rest[0])
    else:
        found = server(root, rest[0])
    print("\n".join(found) or f"{what}: nothing to complain about")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
