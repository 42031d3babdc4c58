#!/usr/bin/env python3
"""Holds the pages against the sources and the program.

usage: pages.py --root DIR [--florin PROGRAM] CHECK...

  errors        docs/reference/errors.md lists the codes of the sources, with the exit codes they end in
  command-line  docs/reference/command-line.md lists the commands and options of `--help`
  links         relative links of the project's *.md lead to files, and to headings where they name one
"""

import argparse
import os
import re
import subprocess
import sys

EXIT_CODES = {"user": "2", "data": "3", "conflict": "4", "system": "5"}
CODE = r'"([a-z]+\.[a-z_0-9]+)"'
# Where the sources name a code: as an argument of what makes an error, as its code, as a finding of doctor.
NAMED = re.compile(r'(?:\b(\w*error(?:_at)?\(|fail\(|refuse\(|fault\(|code = )\s*|\bpush_back\(\s*\{\s*|,\s*)' + CODE)
MADE = re.compile(r'\b(user|data|conflict|system)_error\(\s*"([a-z]+(?:\.[a-z_0-9]+)?)"')
PASSED_OVER = {"build", ".git", "node_modules", "demo-workspace", "_deps"}


def files_below(folder, endings):
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in PASSED_OVER)
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(place, name)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def codes_of_sources(root):
    """code -> exit codes of the functions that make it; empty where it is made in another way."""
    paths = files_below(os.path.join(root, "src"), (".cpp", ".hpp", ".inc"))
    sources = {path: re.sub(r"//[^\n]*", "", read(path)) for path in paths
               if not re.search(r"_test\b|_test\.|test_bill", os.path.basename(path))}
    families = {code.split(".")[0] for text in sources.values()
                for maker, code in NAMED.findall(text) if maker}
    codes = {}
    for text in sources.values():
        for _, code in NAMED.findall(text):
            if code.split(".")[0] in families:
                codes.setdefault(code, set())
        for blame, code in MADE.findall(text):
            codes.setdefault(code, set()).add(EXIT_CODES[blame])
    return codes


def codes_of_page(text):
    """code -> exit codes, from the rows of the page's tables."""
    codes = {}
    for line in text.split("\n"):
        row = re.match(r"\| `([a-z]+(?:\.[a-z_0-9]+)?)` \| ([0-9, ]+) \|", line)
        if row:
            codes.setdefault(row.group(1), []).append(set(re.findall(r"[0-9]+", row.group(2))))
    return codes


def check_errors(root):
    page = "docs/reference/errors.md"
    made, listed = codes_of_sources(root), codes_of_page(read(os.path.join(root, page)))
    wrong = [] if made else ["no error code was found in src/"]
    for code in sorted(made.keys() - listed.keys()):
        wrong.append(f"{page}: `{code}` is made by the sources and not listed")
    for code in sorted(listed.keys() - made.keys()):
        wrong.append(f"{page}: `{code}` is listed and not made by the sources")
    for code in sorted(made.keys() & listed.keys()):
        if len(listed[code]) > 1:
            wrong.append(f"{page}: `{code}` is listed {len(listed[code])} times")
        elif missing := made[code] - listed[code][0]:
            wrong.append(f"{page}: `{code}` also ends in exit code {', '.join(sorted(missing))}")
    return wrong


def help_of(program, words):
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def section(text, title):
    found = re.search(rf"^{title}:\n(.*?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1).split("\n") if found else []


def commands_of_program(program, words=()):
    """command -> its options and positionals, as `florin query` -> {`--by`, …}."""
    text = help_of(program, words)
    names = set()
    for line in section(text, "Options"):
        if option := re.match(r"  (-[^ ]*)", line):
            names.update(name for name in option.group(1).split(",") if name.startswith("--"))
    for line in section(text, "Positionals"):
        if positional := re.match(r"  (\w+)", line):
            names.add(positional.group(1))
    commands = {" ".join(["florin", *words]): names - {"--help"}}
    for line in section(text, "Subcommands"):
        if sub := re.match(r"  (\w+)", line):
            commands.update(commands_of_program(program, (*words, sub.group(1))))
    return commands


def commands_of_page(text):
    """The same from the page: a heading a command, and the table below it."""
    commands, current = {}, None
    for line in text.split("\n"):
        if heading := re.match(r"#+ (.*)", line):
            named = re.fullmatch(r"`(florin[a-z ]*)`", heading.group(1))
            current = commands.setdefault(named.group(1), set()) if named else None
        elif current is not None and (row := re.match(r"\| ((?:`[^`]*`(?:, )?)+) \|", line)):
            for name in re.findall(r"`([^` ]*)[^`]*`", row.group(1)):
                if name.startswith("--") or not name.startswith("-"):
                    current.add(name)
    return commands


def check_command_line(root, program):
    page = "docs/reference/command-line.md"
    real, written = commands_of_program(program), commands_of_page(read(os.path.join(root, page)))
    wrong = []
    for command in sorted(real.keys() | written.keys()):
        if command not in written:
            wrong.append(f"{page}: there is no heading `{command}`")
        elif command not in real:
            wrong.append(f"{page}: the program has no `{command}`")
        else:
            for name in sorted(real[command] - written[command]):
                wrong.append(f"{page}: `{command}` has {name}, which is not listed")
            for name in sorted(written[command] - real[command]):
                wrong.append(f"{page}: `{command}` has no {name}")
    return wrong


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text):
    """What headings are called in links, as GitHub makes it."""
    found = set()
    for heading in re.findall(r"^#+ (.*)", without_blocks(text), re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def check_links(root):
    wrong = []
    for path in files_below(root, ".md"):
        text = re.sub(r"`[^`\n]*`", "", without_blocks(read(path)))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            there = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            name = os.path.relpath(path, root)
            if not os.path.exists(there):
                wrong.append(f"{name}: {target} leads nowhere")
            elif anchor and there.endswith(".md") and anchor not in anchors(read(there)):
                wrong.append(f"{name}: {target}: there is no such heading")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True)
    parser.add_argument("--florin")
    parser.add_argument("checks", nargs="+", choices=["errors", "command-line", "links"])
    arguments = parser.parse_args()
    wrong = []
    for check in arguments.checks:
        if check == "errors":
            wrong += check_errors(arguments.root)
        elif check == "links":
            wrong += check_links(arguments.root)
        else:
            wrong += check_command_line(arguments.root, arguments.florin)
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
