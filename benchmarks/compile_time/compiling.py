# SPDX-License-Identifier: BSL-1.0
"""Compiles a file and says what it cost."""
import mmap
import os
import pathlib
import re
import subprocess
import tempfile

OPTIONS = ["-std=c++20", "-O0", "-c"]


class Failed(Exception):
    """The compiler did not accept the file."""


def cost(compiler, source, directories):
    """Compiles once: processor time in seconds, user and system together, and the greatest memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [compiler, *OPTIONS, *(f"-I{each}" for each in directories), str(source), "-o", f"{folder}/file.o"]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with child.stderr:
            words = child.stderr.read().decode(errors="replace")
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise Failed(f"{compiler} does not compile {source}:\n{words}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def instantiations(clang, source, directories):
    """The number of classes and functions that clang makes from templates. It is the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([clang, *OPTIONS, "-ftime-trace", "-ftime-trace-granularity=0",
                               *(f"-I{each}" for each in directories), str(source), "-o", f"{folder}/file.o"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{clang} does not compile {source}:\n{done.stderr}")
        trace = pathlib.Path(folder) / "file.json"
        with trace.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return sum(1 for _ in re.finditer(rb'"name": ?"Instantiate(?:Class|Function)"', text))
