#!/usr/bin/env python3
"""The runner of sessions, against a stub in place of the program: it must see each kind of difference."""

import os
import stat
import subprocess
import sys
import tempfile
import unittest

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sessions.py")
STUB = """#!/bin/sh
case $1 in
init) touch florin.yaml ;;
say) shift; printf '%s\\n' "$@" ;;
fail) echo "bad thing" >&2; exit 3 ;;
clock) echo "$FLORIN_NOW $TZ $NO_COLOR $COLUMNS" ;;
esac
"""


class Sessions(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name
        self.stub = os.path.join(self.folder, "stub")
        with open(self.stub, "w", encoding="utf-8") as file:
            file.write(STUB)
        os.chmod(self.stub, stat.S_IRWXU)

    def run_text(self, text, name="a.test", **variables):
        self.path = os.path.join(self.folder, name)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        environment = {key: value for key, value in os.environ.items() if key != "FLORIN_UPDATE"}
        return subprocess.run([sys.executable, "-B", RUNNER, "--florin", self.stub, self.path], text=True,
                              capture_output=True, env={**environment, **variables}, check=False)

    def content(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def test_passes(self):
        for text in [
            "$ florin say one two\none\ntwo\n",
            "# why\n$ florin say one\none\n\n$ florin say two\ntwo\n",
            "$ florin say a '' b ''\na\n\nb\n<REGEX>:\n",
            "$ florin say took:12ms\n<REGEX>:took:[0-9]+ms\n",
            "$ florin say a b c d\na\n...\nd\n",
            "$ florin say a\n...\na\n...\n",
            "$ florin fail\n? 3\n! bad thing\n",
            "$ florin fail\n! <REGEX>:bad .*\n? 3\n",
            "$ florin clock\n2026-11-24T12:00:00Z UTC 1 100\n",
            "$ ls\nflorin.yaml\n",
            "% no workspace\n$ ls\n",
            "= in/bill.csv\n| a,b\n|\n| 1,2\n$ cat in/bill.csv\na,b\n\n1,2\n",
            "$ pwd\n$PWD\n",
        ]:
            with self.subTest(text=text):
                done = self.run_text(text)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_sees_differences(self):
        for text in [
            "$ florin say one\ntwo\n",
            "$ florin say one\n",
            "$ florin say one\none\ntwo\n",
            "$ florin say a b c\na\n...\nb\n",
            "$ florin say took:ms\n<REGEX>:took:[0-9]+ms\n",
            "$ florin say xtook:1ms\n<REGEX>:took:[0-9]+ms\n",
            "$ florin fail\n! bad thing\n",
            "$ florin fail\n? 3\n",
            "$ florin fail\n? 4\n! bad thing\n",
            "$ florin say one\none\n! more\n",
            "$ florin say one\none\n? 1\n",
        ]:
            with self.subTest(text=text):
                done = self.run_text(text)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("a.test:1:", done.stdout)

    def test_refuses_what_says_nothing(self):
        for text in ["", "# only a comment\n", "% no such\n$ true\n", "stray\n"]:
            with self.subTest(text=text):
                self.assertEqual(self.run_text(text).returncode, 1)

    def test_updates(self):
        text = "# a\n$ florin say a 1\n<REGEX>:[a-z]\n...\n\n# b\n$ florin say b '# c'\nold\n\n$ florin fail\n"
        done = self.run_text(text, FLORIN_UPDATE="1")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.content(), "# a\n$ florin say a 1\n<REGEX>:[a-z]\n...\n\n# b\n$ florin say b '# c'\nb\n"
                                         "<REGEX>:\\#\\ c\n\n$ florin fail\n? 3\n! bad thing\n")
        self.assertEqual(self.run_text(self.content()).returncode, 0)

    def test_markdown(self):
        page = ("# Page\n```console\n$ not run\n```\n<!-- console test\n= a\n| 1\n-->\n"
                "```console test\n$ cat a\n1\n```\ntext\n```console test\n$ florin say x\n{}\n```\n")
        self.assertEqual(self.run_text(page.format("x"), "a.md").returncode, 0)
        done = self.run_text(page.format("y"), "a.md")
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.md:15:", done.stdout)
        self.run_text(page.format("y"), "a.md", FLORIN_UPDATE="1")
        self.assertEqual(self.content(), page.format("x"))

    def test_skips_without_shared_data(self):
        text = "% needs shared data\n$ florin say $FLORIN_SHARED_DATA\n<REGEX>:/.*\n"
        self.assertEqual(self.run_text(text, FLORIN_SHARED_DATA="/nowhere").returncode, 77)
        self.assertEqual(self.run_text(text, FLORIN_SHARED_DATA=self.folder).returncode, 0)


if __name__ == "__main__":
    sys.exit(unittest.main())
