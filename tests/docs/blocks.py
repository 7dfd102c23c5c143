# SPDX-License-Identifier: BSL-1.0
"""The code blocks of README.md and docs/, and how each is tested.

A comment on the line before a block says what has to be true of it:

    <!-- test: namespace -->        cpp: compiles between functions; later blocks of the page see it
    <!-- test: function -->         cpp: compiles in a function; app, toolkit, connection and stop_token are there
    <!-- test: program -->          cpp: a whole program, which ends with 0 beside a fresh database
    <!-- test: output -->           text: what the last program of the page prints
    <!-- test: fails M001 -->       cpp: does not compile between functions, with that number (`fails M001 function`: in one)
    <!-- test: says clang -->       text: words of the compiler about the block before, in order; … stands for what is left out
    <!-- test: equals EXPRESSION --> sql: what the C++ expression gives, spaces aside
    <!-- test: sql -->              sql: runs where the example's migration is finished, and is rolled back
    <!-- test: gives RESULT -->     sql: one query, which gives that there
    <!-- test: rules -->            yaml: rules that promtool accepts, and that do what alerts.yaml says (`config`: of Prometheus)

`users` and `canonical_display_name` of tests/docs/example*.hpp are declared for every block but whole programs; a page
may declare its own. A cpp or sql block without such a comment is a mistake. docs/errors/ has its own tests: compile_fail.
"""
import dataclasses
import pathlib
import re


@dataclasses.dataclass
class Block:
    page: str      # as in docs/tutorial/README.md
    line: int      # of the first line of code
    language: str
    test: str      # "" where nothing is to be tested
    code: str

    @property
    def place(self):
        return f"{self.page}:{self.line}"


KINDS = {"cpp": r"namespace|function|program|fails M\d{3}( function)?", "sql": r"sql|gives .+|equals .+",
         "text": r"output|says (g\+\+|clang)", "yaml": "rules|config"}


def pages(root):
    root = pathlib.Path(root)
    found = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]
    return [str(page.relative_to(root)) for page in found]


def tested(page):
    return not page.startswith("docs/errors/")


def plain_blocks(root, page, language):
    """The blocks of one language on a page that has no test comments: line and code of each."""
    text = (pathlib.Path(root) / page).read_text(encoding="utf-8")
    return [(text.count("\n", 0, found.start()) + 2, found.group(1))
            for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def blocks_of(root, page):
    lines = (pathlib.Path(root) / page).read_text(encoding="utf-8").splitlines()
    found, mark, start = [], "", None
    for number, line in enumerate(lines, 1):
        fence = re.match(r"```(\w*)$", line)
        if start is None and fence:
            start, language = number + 1, fence.group(1)
        elif start is not None and line == "```":
            code = "\n".join(lines[start - 1:number - 1]) + "\n"
            found.append(Block(page, start, language, mark, code))
            start, mark = None, ""
        elif start is None:
            comment = re.match(r"<!-- test: (.*) -->$", line)
            mark = comment.group(1) if comment else ""
    if start is not None:
        raise SystemExit(f"{page}:{start}: the block is not closed")
    for block in found:
        expected = KINDS.get(block.language)
        if block.test and not (expected and re.fullmatch(expected, block.test)):
            raise SystemExit(f"{block.place}: a {block.language} block cannot be tested as: {block.test}")
        if block.language in ("cpp", "sql") and not block.test:
            raise SystemExit(f"{block.place}: no comment `<!-- test: ... -->` stands on the line before this block")
    return found


def all_blocks(root):
    return [block for page in pages(root) if tested(page) for block in blocks_of(root, page)]
