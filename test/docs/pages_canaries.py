#!/usr/bin/env python3
"""pages.py against small trees with one planted flaw each: it must see it."""

import os
import stat
import subprocess
import sys
import tempfile
import unittest

PAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pages.py")
SOURCE = """
return base::user_error("usage", "no");
return base::data_error("bill.no_cost", "no") / "catalog.sqlite";
auto e = cond ? base::system_error(
    "file.gone", "no") : base::user_error("file.gone", "no");
error.code = "engine.sql"; fail("bill.late", 1); one_of(text, "bill.kind", "kind");
problems.push_back({"bill.found", what}); // return user_error("bill.comment", "")
"""
ERRORS = """# Errors
| `usage` | 2 | a | b |
| `bill.no_cost` | 3 | a | b |
| `file.gone` | 2, 5 | a | b |
| `engine.sql` | 70 | a | b |
| `bill.late` | 3 | a | b |
| `bill.kind` | 3 | a | b |
| `bill.found` | 1 | a | b |
"""
STUB = """#!/bin/sh
case "$*" in
--help) cat <<'END'
Usage

Options:
  -h,--help   Help
  -q,--quiet  Still

Subcommands:
  go          Goes
END
;;
"go --help") cat <<'END'
Usage

Positionals:
  where TEXT  Where

Options:
  -h,--help   Help
  --far UINT  How

Examples:
  florin go
END
;;
esac
"""
COMMANDS = """# Page
## `florin`
| `--quiet`, `-q` | still |
## `florin go`
| `where` | a |
| `--far N` | a |
## Exit codes
| `x` | a |
"""


class Pages(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = holder.name
        self.write("src/a/a.cpp", SOURCE)
        self.write("src/a/a_test.cpp", 'user_error("bill.tested", "");')
        self.write("docs/reference/errors.md", ERRORS)
        self.write("docs/reference/command-line.md", COMMANDS)
        self.stub = self.write("florin", STUB)
        os.chmod(self.stub, stat.S_IRWXU)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_check(self, check):
        done = subprocess.run([sys.executable, "-B", PAGES, "--root", self.root, "--florin", self.stub, check],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def see(self, check, what):
        code, out = self.run_check(check)
        self.assertEqual(code, 1)
        self.assertIn(what, out)

    def test_passes(self):
        for check in ["errors", "command-line", "links"]:
            with self.subTest(check=check):
                self.assertEqual(self.run_check(check), (0, ""))

    def test_sees_a_code_that_is_not_listed(self):
        for line in ERRORS.split("\n")[1:-1]:
            with self.subTest(line=line):
                self.write("docs/reference/errors.md", ERRORS.replace(line + "\n", ""))
                self.see("errors", line.split("`")[1])

    def test_sees_a_code_that_is_listed_wrongly(self):
        for flaw, seen in [("| `bill.comment` | 3 | a | b |\n", "`bill.comment` is listed"),
                           ("| `usage` | 2 | a | b |\n", "`usage` is listed 2 times")]:
            with self.subTest(flaw=flaw):
                self.write("docs/reference/errors.md", ERRORS + flaw)
                self.see("errors", seen)
        self.write("docs/reference/errors.md", ERRORS.replace("2, 5", "2"))
        self.see("errors", "`file.gone` also ends in exit code 5")

    def test_sees_commands_that_differ(self):
        for old, new, seen in [("| `--far N` | a |\n", "", "`florin go` has --far"),
                               ("| `where` | a |\n", "", "has where"),
                               ("## `florin go`", "## `florin come`", "no heading `florin go`"),
                               ("## `florin go`", "## `florin come`", "the program has no `florin come`"),
                               ("`--far N`", "`--far N`, `--near`", "`florin go` has no --near")]:
            with self.subTest(new=new):
                self.write("docs/reference/command-line.md", COMMANDS.replace(old, new))
                self.see("command-line", seen)

    def test_sees_links_that_lead_nowhere(self):
        for text, seen in [("[a](gone.md)", "gone.md leads nowhere"), ("![a](docs/no.png)", "docs/no.png"),
                           ("[a](docs/reference/errors.md#no-such)", "no such heading"),
                           ("[a](#b)", "no such heading")]:
            with self.subTest(text=text):
                self.write("README.md", text)
                self.see("links", seen)
        self.write("README.md", "# It's `a` b\n[a](#its-a-b) [b](docs/reference/errors.md#errors)\n"
                                "[c](https://x.y/z)\n```\n[d](gone.md)\n```\n`[e](gone.md)`\n")
        self.assertEqual(self.run_check("links"), (0, ""))


if __name__ == "__main__":
    sys.exit(unittest.main())
