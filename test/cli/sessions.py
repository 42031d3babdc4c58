#!/usr/bin/env python3
"""Runs a text file of commands against the program and compares what comes out.

usage: sessions.py --florin PROGRAM FILE       (FLORIN_UPDATE=1 writes what came out into FILE)

    # a comment
    % no workspace            the folder is left empty; else `florin init .` has run in it
    % needs shared data       skipped where $FLORIN_SHARED_DATA is no folder
    % needs a terminal        skipped where no pseudo-terminal can be made, as in a chroot without /dev/pts
    = bill.csv                writes a file from the lines that follow
    | BilledCost,ChargePeriodStart
    $ florin query --by x     a command for bash
    expected output
    <REGEX>:took [0-9]+ ms    a line that matches as a whole
    ...                       any number of lines
    ! expected error output   a line of stderr; all of the above works after `! ` too
    ? 3                       the exit code, where it is not 0

Each file runs in a fresh folder, named $PWD in what is expected; the line ends of CSV are as good as others. In
Markdown, what stands in blocks marked `console test` runs, and in comments that start with `<!-- console test`,
for what the reader need not see.
Exit code: 0 as expected, 1 different, 77 skipped.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

SKIPPED = 77
REGEX = "<REGEX>:"
SPECIAL = re.compile(r"#|[$%=!?] |!$|\.\.\.$|<REGEX>:|```|-->")


@dataclass
class Step:
    """A command and what it should print; `first` and `last` are its expectation's half-open line range."""

    command: str
    line: int
    first: int
    last: int
    out: list = field(default_factory=list)
    err: list = field(default_factory=list)
    exit_code: int = 0


@dataclass
class File:
    name: str
    lines: list = field(default_factory=list)


@dataclass
class Session:
    steps: list = field(default_factory=list)   # of Step and File
    settings: set = field(default_factory=set)


def runnable_lines(path, lines):
    """(number from 0, line) of what runs: all of a .test file, the marked blocks of a page."""
    if not path.endswith(".md"):
        yield from enumerate(lines)
        return
    end = None
    for number, line in enumerate(lines):
        if end is None:
            end = {"```console test": "```", "<!-- console test": "-->"}.get(line.strip())
        elif line.strip() == end:
            end = None
            yield number, None
        else:
            yield number, line


def parse(path, lines):
    session, step = Session(), None

    def close():
        """Blank lines before the next command are for the eye."""
        if isinstance(step, Step):
            while step.out and step.out[-1] == "" and step.last - step.first > 0 and lines[step.last - 1] == "":
                step.out.pop()
                step.last -= 1

    for number, line in runnable_lines(path, lines):
        if line is None or line.startswith("#"):
            close()
            step = None
        elif line.startswith("% "):
            session.settings.add(line[2:].strip())
        elif line.startswith("$ "):
            close()
            step = Step(line[2:], number + 1, number + 1, number + 1)
            session.steps.append(step)
        elif line.startswith("= "):
            close()
            step = File(line[2:].strip())
            session.steps.append(step)
        elif isinstance(step, File) and line.startswith("|"):
            step.lines.append(line[2:] if line.startswith("| ") else line[1:])
        elif isinstance(step, Step):
            if line.startswith("? "):
                step.exit_code = int(line[2:])
            elif line == "!" or line.startswith("! "):
                step.err.append(line[2:])
            else:
                step.out.append(line)
            step.last = number + 1
        elif line.strip():
            raise SystemExit(f"{path}:{number + 1}: no command before this line: {line}")
    close()
    return session


def matches(expected, actual):
    """Whether the lines are what is expected, `...` standing for any number of them."""
    if not expected:
        return not actual
    head, rest = expected[0], expected[1:]
    if head == "...":
        return any(matches(rest, actual[at:]) for at in range(len(actual) + 1))
    if not actual:
        return False
    if head.startswith(REGEX):
        return bool(re.fullmatch(head[len(REGEX):], actual[0])) and matches(rest, actual[1:])
    return head == actual[0] and matches(rest, actual[1:])


def written(lines):
    """Output as expectation: a line that would mean something else becomes a pattern."""
    return [REGEX + re.escape(line) if SPECIAL.match(line) else line for line in lines]


def environment(folder, program):
    programs = os.path.join(folder, "programs")
    os.mkdir(programs)
    os.symlink(os.path.abspath(program), os.path.join(programs, "florin"))
    kept = {name: value for name, value in os.environ.items()
            if name.endswith("SAN_OPTIONS") or name == "FLORIN_SHARED_DATA"}
    return {**kept, "PATH": programs + os.pathsep + os.environ["PATH"], "HOME": os.path.join(folder, "home"),
            "TMPDIR": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100",
            "FLORIN_NOW": "2026-11-24T12:00:00Z"}


def run_command(command, work, variables, seconds_max=120):
    """(exit code, lines of stdout, lines of stderr)."""
    done = subprocess.run(["bash", "-c", command], cwd=work, env=variables, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=seconds_max, check=False)
    texts = [stream.decode("utf-8", errors="backslashreplace").replace("\r\n", "\n").replace(work, "$PWD")
             for stream in (done.stdout, done.stderr)]
    return done.returncode, *[text.removesuffix("\n").split("\n") if text else [] for text in texts]


def show(title, lines):
    print(f"  {title}:")
    for line in lines:
        print(f"    {line}")


def as_expectation(exit_code, out, err):
    lines = [f"? {exit_code}"] if exit_code else []
    return lines + written(out) + [("! " + line).rstrip() for line in written(err)]


def run_session(path, lines, session, program, update):
    """Runs all of a file's commands; returns the lines as they should be and how many differed."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="florin-session-"))
    work = os.path.join(folder, "work")
    os.mkdir(work)
    replacements, different = [], 0
    try:
        variables = environment(folder, program)
        os.mkdir(variables["HOME"])
        if "no workspace" not in session.settings:
            code, out, err = run_command("florin init .", work, variables)
            if code != 0:
                show(f"{path}: `florin init .` ended with {code}", out + err)
                return lines, 1
        for step in session.steps:
            if isinstance(step, File):
                target = os.path.join(work, step.name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8") as file:
                    file.write("".join(line + "\n" for line in step.lines))
                continue
            code, out, err = run_command(step.command, work, variables)
            if code == step.exit_code and matches(step.out, out) and matches(step.err, err):
                continue
            different += 1
            replacements.append((step, as_expectation(code, out, err)))
            if not update:
                print(f"{path}:{step.line}: $ {step.command}")
                show("expected", as_expectation(step.exit_code, [], []) + step.out + ["! " + line for line in step.err])
                show("got", as_expectation(code, [], []) + out + ["! " + line for line in err])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for step, expectation in reversed(replacements):
        lines = lines[:step.first] + expectation + lines[step.last:]
    return lines, different


def has_terminals():
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--florin", required=True, help="the program under test")
    parser.add_argument("file")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as file:
        lines = file.read().split("\n")
    session = parse(arguments.file, lines)
    unknown = session.settings - {"no workspace", "needs shared data", "needs a terminal"}
    if unknown:
        raise SystemExit(f"{arguments.file}: no such setting: {', '.join(sorted(unknown))}")
    if not any(isinstance(step, Step) for step in session.steps):
        raise SystemExit(f"{arguments.file}: not one command in it")
    if "needs shared data" in session.settings and not os.path.isdir(os.environ.get("FLORIN_SHARED_DATA", "")):
        print("skipped: FLORIN_SHARED_DATA names no folder")
        return SKIPPED
    if "needs a terminal" in session.settings and not has_terminals():
        print("skipped: no pseudo-terminal can be made here")
        return SKIPPED
    update = os.environ.get("FLORIN_UPDATE") == "1"
    lines, different = run_session(arguments.file, lines, session, arguments.florin, update)
    if different and update:
        with open(arguments.file, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        print(f"{arguments.file}: {different} expectations rewritten")
        return 0
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
