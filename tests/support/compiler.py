# SPDX-License-Identifier: BSL-1.0
"""A compiler whose words are remembered, for the tests that read what it says about a mistake.

Compiling is nearly all that such a test does, and mostly nothing has changed since the last run. So the output is kept
in a directory of the build tree, and said again when compiling would read the same: the same command, the same
compiler, every file that it read with the same bytes in it, and no header more or less in the library's own
directories (a new one could be found first). What a test makes of the output it decides anew each time.

Reading the library's header is nearly all that compiling is. Where the build has read it before, compilers begin with
that.
"""
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

HEADERS = (".hpp", ".h", ".ipp")
PRECOMPILED = (".gch", ".pch")
# These lead a compiler to other files, or to other words.
VARIABLES = ("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH",
             "CCC_OVERRIDE_OPTIONS")
CLOCK_SLACK_S = 0.1


def digest(path):
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return "not there"


def header_names(directories):
    """Stands for the names of all headers in some directories."""
    names = sorted(os.path.join(folder, file) for directory in directories for folder, _, files in os.walk(directory)
                   for file in files if file.endswith(HEADERS))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def files_of(rule):
    """The files that a make rule, as compilers write it, names behind its target."""
    files = re.sub(r"\\\n", " ", rule).partition(": ")[2]
    return [re.sub(r"\\([ #\\])", r"\1", file).replace("$$", "$") for file in re.findall(r"(?:\\.|[^\s\\])+", files)]


def precompiled(header, suffix):
    """What the build made of a header: header + suffix, beside a rule with the files that it was made from, and those
    files. None where there is no such thing, or one of the files has changed since: a compiler would not notice."""
    try:
        files = files_of(pathlib.Path(f"{header}{suffix}.d").read_text(encoding="utf-8"))
        newest = max(os.stat(file).st_mtime_ns for file in files)
        return files if newest < os.stat(f"{header}{suffix}").st_mtime_ns else None
    except (OSError, ValueError):
        return None


def settled(path, begin):
    """Whether a file had been left alone for a while when the compiler began; another one may have changed under it."""
    try:
        return os.stat(path).st_ctime < begin - CLOCK_SLACK_S
    except OSError:
        return False


class Compiler:
    """Run it with `run`. `memory` is the directory to keep outputs in, none if empty; `own` are the directories of
    headers that people add to and remove from; `locale` decides about quotation marks; `first` is a header that the
    sources begin with, and that the build has precompiled, none if empty."""

    def __init__(self, command, memory="", own=(), locale="C", first=""):
        self.command, self.memory, self.own, self.locale = command, memory, own, locale
        self.first = first
        self.compiled = self.remembered = 0
        self.digest_once = functools.cache(digest)  # the halves of a test read the same headers

    @functools.cached_property
    def version(self):
        return subprocess.run([self.command, "--version"], capture_output=True, text=True, check=True).stdout

    @property
    def is_clang(self):
        return "clang" in self.version.lower()

    @functools.cached_property
    def beginning(self):
        """The options that begin with the first header as it was precompiled, and the files behind it."""
        files = precompiled(self.first, ".pch" if self.is_clang else ".gch") if self.first else None
        if files is None:
            return [], []
        return (["-include-pch", f"{self.first}.pch"] if self.is_clang else ["-include", self.first]), files

    def run(self, options, source):
        """Checks one source file: the exit status, and the lines of the output. Quoted source and repaired spelling are
        switched off, see compile_fail.py."""
        quiet = (["-fno-caret-diagnostics", "-fno-spell-checking", "-fno-color-diagnostics"] if self.is_clang
                 else ["-fno-diagnostics-show-caret", "-fdiagnostics-color=never"])
        begin, behind = self.beginning
        command = [self.command, "-std=c++20", "-fsyntax-only", *begin, *quiet, *options, os.path.abspath(source)]
        record = self.record_of(command)
        known = self.recall(record)
        if known is None:
            self.compiled += 1
            known = self.compile(command, record, behind)
        else:
            self.remembered += 1
        return known["status"], known["output"].splitlines()

    def compile(self, command, record, behind):
        source, begin = command[-1], time.time()
        before = digest(source)
        with tempfile.TemporaryDirectory() as folder:
            rule = pathlib.Path(folder) / "rule.d"
            done = subprocess.run([*command, "-MD", "-MF", str(rule), "-MT", "output"], capture_output=True, text=True,
                                  env=dict(os.environ, LC_ALL=self.locale), errors="replace", check=False)
            result = {"status": done.returncode, "output": done.stdout + done.stderr}
            files = files_of(rule.read_text(encoding="utf-8")) if record and rule.exists() else []
            files = sorted({file for file in files if not file.endswith(PRECOMPILED)}.union(behind))
        # A compiler that crashed, or did not find a header, has not said what there is to say about these files.
        if done.returncode not in (0, 1) or source not in files:
            return result
        result["names"], result["files"] = header_names(self.own), {file: digest(file) for file in files}
        if result["files"][source] == before and all(settled(file, begin) for file in files if file != source):
            record.parent.mkdir(parents=True, exist_ok=True)
            new = record.with_suffix(f".{os.getpid()}")
            new.write_text(json.dumps(result))
            new.replace(record)
        return result

    def record_of(self, command):
        if not self.memory:
            return None
        program = os.path.realpath(shutil.which(self.command))
        key = [self.version, program, os.stat(program).st_mtime_ns, self.locale, command,
               [os.environ.get(name) for name in VARIABLES]]
        name = hashlib.sha256(json.dumps(key).encode()).hexdigest()
        return pathlib.Path(self.memory) / f"{pathlib.Path(command[-1]).stem}.{name[:32]}.json"

    def recall(self, record):
        """What was said before, if it would be said again; or None."""
        try:
            known = json.loads(record.read_text())
        except (AttributeError, OSError, ValueError):  # no memory, no record, half a record
            return None
        same = (known["names"] == header_names(self.own)
                and all(self.digest_once(file) == was for file, was in known["files"].items()))
        return known if same else None
