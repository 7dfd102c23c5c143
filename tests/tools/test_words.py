#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""words.sh finds each word it forbids, also in files that are not committed, and passes a clean tree."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "words.sh"
# In two halves, so that words.sh does not find this file.
FORBIDDEN = ["TO" "DO", "FIX" "ME: later", "see /wo" "rk/main", "../sha" "red/design.md", "https://registry.np" "mjs.org",
             "deb.deb" "ian.org", "/ho" "me/somebody"]
ALLOWED = ["network/main", "TODOS are not the word", "$prefix/work/a", "shared"]


class Words(unittest.TestCase):
    def status(self, text, git=False):
        with tempfile.TemporaryDirectory() as root:
            (pathlib.Path(root) / "file.md").write_text(text + "\n")
            if git:
                subprocess.run(["git", "init", "-q", root], check=True)
            return subprocess.run([SCRIPT, root], capture_output=True, check=False).returncode

    def test_forbidden(self):
        for text in FORBIDDEN:
            for git in (False, True) if shutil.which("git") else (False,):
                self.assertEqual(self.status(text, git), 1, text)

    def test_allowed(self):
        for text in ALLOWED:
            self.assertEqual(self.status(text), 0, text)


if __name__ == "__main__":
    unittest.main()
