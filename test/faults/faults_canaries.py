#!/usr/bin/env python3
"""What the preloaded library does, on small programs whose outcome is known by hand."""

import errno
import os
import subprocess
import sys
import tempfile
import unittest

LIBRARY = os.path.abspath(sys.argv.pop(1))
PREPARE = "import os\ndef put(name, text, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC):\n" \
          "    f = os.open(name, flags); os.write(f, text); return f\n" \
          "def sync(name):\n    f = os.open(name, os.O_RDONLY); os.fsync(f); os.close(f)\n"


class Faults(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = os.path.join(os.path.realpath(holder.name), "root")
        self.log = os.path.join(os.path.realpath(holder.name), "log")
        os.mkdir(self.root)

    def run_script(self, script, mode, at, number=errno.EIO):
        variables = {**os.environ, "LD_PRELOAD": LIBRARY, "FLORIN_FAULTS_ROOT": self.root, "FLORIN_FAULTS_MODE": mode,
                     "FLORIN_FAULTS_AT": str(at), "FLORIN_FAULTS_ERRNO": str(number), "FLORIN_FAULTS_LOG": self.log}
        done = subprocess.run([sys.executable, "-c", PREPARE + script], cwd=self.root, env=variables, text=True,
                              capture_output=True, check=False)
        with open(self.log, encoding="utf-8") as file:
            count, hit = file.read().split(" ", 1)
        return done, int(count), hit.strip()

    def state(self):
        found = {}
        for folder, folders, names in os.walk(self.root):
            for name in folders:
                found[os.path.relpath(os.path.join(folder, name), self.root) + "/"] = None
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.root)] = file.read()
        return found

    ALL = ("f = put('a', b'1234'); os.fsync(f); os.fdatasync(f); os.pwrite(f, b'x', 0); os.writev(f, [b'y', b'z'])\n"
           "os.ftruncate(f, 2); os.close(f); os.truncate('a', 1); os.mkdir('d'); os.rename('a', 'd/b')\n"
           "os.link('d/b', 'c')\n"
           "os.unlink('c'); os.remove('d/b'); os.rmdir('d')\n"
           "open('e', 'w').close(); os.replace('e', 'f')\n")
    NAMES = ("open write fsync fdatasync pwrite writev ftruncate close truncate mkdir rename link remove remove remove "
             "open close rename").split()

    def test_counts_each_kind_of_call(self):
        done, count, hit = self.run_script(self.ALL, "error", 0)
        self.assertEqual((done.returncode, done.stderr, count, hit), (0, "", len(self.NAMES), "nothing"))

    def test_fails_each_call_with_the_number(self):
        for at, name in enumerate(self.NAMES, 1):
            self.setUp()
            done, _, hit = self.run_script(self.ALL, "error", at, errno.ENOSPC)
            self.assertEqual(hit.split()[0].replace("pwrite64", "pwrite"), name)
            self.assertIn(f"[Errno {errno.ENOSPC}]", done.stderr, f"call {at}")

    def test_full_disk_stays_full(self):
        script = "\n".join(["f = put('a', b'1')"] + ["try:\n os.write(f, b'2')\nexcept OSError: print('full')"] * 3 + [
            "os.unlink('a'); print('removed')"])
        done, _, _ = self.run_script(script, "full", 4, errno.ENOSPC)
        self.assertEqual(done.stdout.split(), ["full", "full", "removed"])

    def test_kills_halfway_through_a_write(self):
        done, count, _ = self.run_script("put('a', b'1234')", "kill", 2)
        self.assertEqual((done.returncode, count, self.state()), (-9, 2, {"a": b"12"}))

    def test_kills_before_anything_else(self):
        done, _, _ = self.run_script("os.mkdir('d')", "kill", 1)
        self.assertEqual((done.returncode, self.state()), (-9, {}))

    def test_calls_elsewhere_do_not_count(self):
        _, count, _ = self.run_script("put('/dev/null', b'1'); put('../rooted', b'1')", "error", 1)
        self.assertEqual(count, 0)

    def after_power_cut(self, script, before=None):
        self.setUp()
        for name, text in (before or {}).items():
            with open(os.path.join(self.root, name), "wb") as file:
                file.write(text)
        done, _, _ = self.run_script(script, "power", 0)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.state()

    def test_power_cut_keeps_what_was_synced_only(self):
        old = {"a": b"old"}
        for script, before, expected in [
            ("put('a', b'new')", {}, {}),
            ("os.fsync(put('a', b'new'))", {}, {}),
            ("put('a', b'new'); sync('.')", {}, {"a": b""}),
            ("os.fsync(put('a', b'new')); sync('.')", {}, {"a": b"new"}),
            ("f = put('a', b'new'); os.fsync(f); sync('.'); os.write(f, b'er')", {}, {"a": b"new"}),
            ("f = put('a', b'new'); os.close(f); sync('a'); sync('.')", {}, {"a": b"new"}),
            ("put('a', b'new')", old, old),
            ("put('a', b'er', os.O_WRONLY | os.O_APPEND)", old, old),
            ("os.fsync(put('a', b'er', os.O_WRONLY | os.O_APPEND))", old, {"a": b"older"}),
            ("os.truncate('a', 1)", old, old),
            ("os.unlink('a')", old, old),
            ("os.unlink('a'); sync('.')", old, {}),
            ("os.unlink('a'); put('a', b'new')", old, old),
            ("os.rename('a', 'b')", old, old),
            ("os.rename('a', 'b'); sync('.')", old, {"b": b"old"}),
            ("os.fsync(put('t', b'new')); os.rename('t', 'a')", old, old),
            ("os.fsync(put('t', b'new')); os.rename('t', 'a'); sync('.')", old, {"a": b"new"}),
            ("put('t', b'new'); os.rename('t', 'a'); sync('.')", old, {"a": b""}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'new')); sync('d')", {}, {}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'new')); sync('.')", {}, {"d/": None}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'new')); sync('d'); sync('.')", {}, {"d/": None, "d/a": b"new"}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'1')); sync('d'); os.rename('d', 'e'); sync('.')", {},
             {"e/": None, "e/a": b"1"}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'1')); os.rename('d', 'e'); sync('.')", {}, {"e/": None}),
            ("os.mkdir('d'); os.fsync(put('d/a', b'1')); os.rename('d', 'e'); sync('e'); sync('.')", {},
             {"e/": None, "e/a": b"1"}),
            ("os.mkdir('d'); sync('.'); os.rmdir('d')", {}, {"d/": None}),
            ("os.link('a', 'b')", old, old),
        ]:
            with self.subTest(script=script):
                self.assertEqual(self.after_power_cut(script, before), expected)

    def test_power_cut_in_the_middle(self):
        script = "os.fsync(put('a', b'1')); sync('.'); put('a', b'2'); print('unreached')"
        done, _, hit = self.run_script(script, "power", 6)
        self.assertEqual((done.returncode, done.stdout, hit.split()[0], self.state()), (-9, "", "write", {"a": b"1"}))


if __name__ == "__main__":
    sys.exit(unittest.main())
