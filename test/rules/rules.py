#!/usr/bin/env python3
"""What CONTRIBUTING.md asks of the sources, checked. Usage: rules.py --root DIR [RULE...]

Prints one finding a line, as path:line: what is wrong and what to write instead. Exit code 1 if any.
"""

import argparse
import fnmatch
import os
import re
import sys

from sources import CPP, Finding, Tree, functions, scan

RULES = {}
TEXT = (".cpp", ".hpp", ".py", ".cmake", ".txt", ".md", ".yaml", ".yml", ".json", ".sql", ".html", ".css", ".js", ".sh")
CODE_FOLDERS = ("src", "apps", "test", "fuzz", "bench")


def rule(function):
    RULES[function.__name__] = function
    return function


def allowances(tree, name, column_count):
    """Rows of an allowance list: columns apart by |, the last one the reason."""
    path = f"test/rules/{name}"
    for number, line in enumerate(tree.files.get(path, "").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            columns = [column.strip() for column in line.split("|")]
            if len(columns) != column_count or not all(columns):
                raise ValueError(f"{path}:{number}: {column_count} columns apart by |, the last one the reason")
            yield number, columns


# --- layers -------------------------------------------------------------------------------------

CAPABILITIES = {"demo", "report", "validate", "allocate", "forecast", "plan", "variance", "anomaly", "rate", "usage",
                "unit"}
ONLY = {"report": {"base", "money", "period"}}
NEVER = {"demo": {"query"}, "validate": {"lake", "query"}}


def layer_fault(order, module, other):
    if other == module:
        return None
    if module in ONLY and other not in ONLY[module]:
        return f"{module} uses {', '.join(sorted(ONLY[module]))} only: hand it what it needs as values"
    if other in NEVER.get(module, ()) or {module, other} <= CAPABILITIES:
        return f"capabilities do not use each other: let app pass values from {other} to {module}"
    if order.index(other) > order.index(module):
        return f"{other} is a higher layer than {module}: move the shared part down, or the caller up"
    return None


def module_dependencies(tree, order):
    """(path, line, module, other) of each include in src/ and each dependency in its CMakeLists."""
    for path, text in tree.below("src"):
        module = path.split("/")[1]
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if found:
                yield path, number, module, found.group(1).split("/")[0]
    for path, text in tree.below("src", suffixes=("CMakeLists.txt",)):
        for call in re.finditer(r"florin_add_module\((.*?)\)", text, re.DOTALL):
            for found in re.finditer(r"florin::(\w+)", call.group(1)):
                line = text.count("\n", 0, call.start(1) + found.start()) + 1
                yield path, line, path.split("/")[1], found.group(1)


@rule
def layers(tree):
    order = tree.modules()
    for path, line, module, other in module_dependencies(tree, order):
        if module not in order:
            yield Finding(path, line, f"{module} is not in the foreach of CMakeLists.txt: name it there, at its layer")
        elif other not in order:
            yield Finding(path, line, f'"{other}" is no module: write project includes from src/, others in <>')
        else:
            fault = layer_fault(order, module, other)
            if fault:
                yield Finding(path, line, fault)
    for path, text in tree.below("apps"):
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"(\w+)/', line)
            if found and found.group(1) != "cli":
                yield Finding(path, number, f"apps use cli only: do what {found.group(1)} is needed for in src/cli")


# --- money --------------------------------------------------------------------------------------

@rule
def floating_point(tree):
    allowed = list(allowances(tree, "floating_point_allowances.txt", 3))
    used = set()
    for path, text in tree.below("src"):
        for number, line in enumerate(scan(text).code, 1):
            if not re.search(r"\b(double|float)\b", line):
                continue
            matching = [at for at, (pattern, part, _) in allowed
                        if fnmatch.fnmatch(path, pattern) and (part == "*" or part in line)]
            used.update(matching)
            if not matching:
                yield Finding(path, number, "double: use money::Decimal or money::Quantity; where it is statistics, "
                                            "say why in test/rules/floating_point_allowances.txt")
    for number, (pattern, _, _) in allowed:
        if number not in used:
            yield Finding("test/rules/floating_point_allowances.txt", number, f"nothing uses {pattern}: take it out")


MONEY = r"(?:(?:Billed|Effective|List|Contracted)Cost\b|\w*UnitPrice\b|DECIMAL\s*\([^()]*\))"
MONEY_MATHS = re.compile(
    rf"\bavg\s*\(|\bmean\s*\(|\b{MONEY}[\"\s)]*(?:/(?!\*)|\*(?!/))"
    rf"|(?:(?<!\*)/|(?<!/)\*)[\"\s(]*(?:(?:sum|cast)\s*\(\s*\"?)?{MONEY}",
    re.IGNORECASE)


@rule
def sql_money(tree):
    allowed = {columns[0]: number for number, columns in allowances(tree, "sql_money_allowances.txt", 2)}
    used = set()
    message = "SQL sums money and nothing else: multiply, divide and average with money/ (`{}`)"
    for path, text in tree.below("src", suffixes=CPP + (".sql",)):
        if path.endswith("_test.cpp"):
            continue
        pieces = [(1, text)] if path.endswith(".sql") else scan(text).literals
        for line, piece in pieces:
            for found in MONEY_MATHS.finditer(piece):
                excused = [part for part in allowed if part in piece]
                used.update(excused)
                if not excused:
                    at = line + piece.count("\n", 0, found.start())
                    yield Finding(path, at, message.format(found.group(0).strip()))
    for part, number in allowed.items():
        if part not in used:
            yield Finding("test/rules/sql_money_allowances.txt", number, f"no SQL has {part}: take it out")


# --- calls --------------------------------------------------------------------------------------

BANNED = [  # pattern in code, what to write instead, where it is right
    (r"\b(?:std::)?sto(?:d|f|ld)\s*\(", "money::Decimal::parse", ("src/report/svg_chart_test.cpp",)),
    (r"\b(?:std::)?(?:atof|strtod|strtof|strtold)\s*\(", "money::Decimal::parse", ()),
    (r"\b(?:std::)?(?:atoi|atol|atoll)\s*\(", "std::from_chars", ()),
    (r"\bsystem_clock::now\b", "the base::Clock that is handed in", ("src/base/clock.cpp",)),
    (r"\b(?:std::)?(?:rand|srand)\s*\(", "a seeded std::mt19937_64", ()),
    (r"\brandom_device\b", "a seed that is handed in and printed", ()),
    (r"\bgets\s*\(", "std::getline", ()),
    (r"(?<!f)\b(?:std::)?v?sn?printf\s*\(", "fmt::format", ("*_test.cpp",)),
    (r"\b(?:std::)?str(?:cpy|cat|ncpy|ncat)\s*\(", "std::string", ()),
    (r"\b(?:std::)?strtok\s*\(", "std::string_view::find", ()),
    (r"\b(?:localtime|gmtime|ctime|asctime)\s*\(", "std::chrono and period/", ()),
    (r"\bstd::regex\b", "a hand-written scanner: std::regex recurses on long input", ("*_test.cpp",)),
]


def catches(code):
    """(line, what is caught, body) of each catch."""
    for found in re.finditer(r"\bcatch\s*\(([^)]*)\)\s*\{", code):
        depth, at = 1, found.end()
        while at < len(code) and depth:
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
        yield code.count("\n", 0, found.start()) + 1, found.group(1).strip(), code[found.end():at - 1]


@rule
def banned_calls(tree):
    for path, text in tree.below("src", "apps"):
        lines = scan(text).code
        for number, line in enumerate(lines, 1):
            for pattern, instead, right_in in BANNED:
                if not any(fnmatch.fnmatch(path, place) for place in right_in) and re.search(pattern, line):
                    yield Finding(path, number, f"`{re.search(pattern, line).group(0)}`: use {instead}")
            if path.endswith(".hpp") and re.search(r"\busing\s+namespace\b", line):
                yield Finding(path, number, "`using namespace` in a header: name what is used, or qualify it")
        for number, caught, body in catches("\n".join(lines)):
            handled = re.search(r"\b(return|throw|current_exception|terminate|abort|exit)\b|\berror\w*\s*=", body)
            if not body.strip() or (caught == "..." and not handled):
                yield Finding(path, number, f"catch ({caught}) swallows: turn it into a base::Error or rethrow")


# --- files --------------------------------------------------------------------------------------

@rule
def headers(tree):
    listed = {columns[0]: number for number, columns in allowances(tree, "headers_without_source.txt", 2)}
    for path, text in tree.below(*CODE_FOLDERS, suffixes=(".hpp",)):
        if not re.search(r"(?m)^#pragma once$", text):
            yield Finding(path, 1, "no `#pragma once`: write it after the opening comment")
    sources = [path for path, _ in tree.below("src", suffixes=(".cpp",)) if not path.endswith("_test.cpp")]
    for path, _ in tree.below("src", suffixes=(".hpp",)):
        name = path[:-4]
        has_source = any(source == name + ".cpp" or source.startswith(name + "_") for source in sources)
        if not has_source and path not in listed:
            base = os.path.basename(name)
            yield Finding(path, 1, f"no {base}.cpp or {base}_*.cpp beside it: write one, or list it with the reason in "
                                   "test/rules/headers_without_source.txt")
    for path, text in tree.below("src", suffixes=(".cpp",)):
        own = path.removeprefix("src/")[:-4] + ".hpp"
        first = re.search(r'(?m)^#include [<"]([^>"]+)[>"]', text)
        if "src/" + own in tree.files and (first is None or first.group(1) != own):
            yield Finding(path, 1, f'the first include is not "{own}", which shows that this compiles alone')
    for path, number in listed.items():
        if path not in tree.files or path[:-4] + ".cpp" in tree.files:
            yield Finding("test/rules/headers_without_source.txt", number,
                          f"{path} has its source or is gone: take it out")


@rule
def owned_sources(tree):
    for path, _ in tree.below(*CODE_FOLDERS, suffixes=(".cpp",)):
        folder = os.path.dirname(path)
        while folder and folder + "/CMakeLists.txt" not in tree.files:
            folder = os.path.dirname(folder)
        listing = tree.files.get(folder + "/CMakeLists.txt", "")
        name = os.path.relpath(path, folder)
        by_pattern = re.search(r"file\(GLOB\b", listing) and folder in ("fuzz", "bench")
        if not by_pattern and not re.search(rf"(?<![\w/.-]){re.escape(name)}\b", listing):
            yield Finding(path, 1, f"built by nothing: name {name} in {folder or '.'}/CMakeLists.txt or delete it")


@rule
def file_names(tree):
    for path in tree.files:
        found = re.search(r"(?:^|[_.-])(util|helper|common|manager|misc)s?(?:[_.-]|$)", os.path.basename(path).lower())
        if found:
            yield Finding(path, 1, f"a file called {found.group(1)}: name it after what it does")
        if path.startswith(CODE_FOLDERS) and path.endswith(CPP + (".py",)):
            if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z]+", os.path.basename(path)):
                yield Finding(path, 1, "file names are snake_case")


UNFINISHED = re.compile(r"\b(?:FIX" r"ME|TO" r"DO)\b")


@rule
def plain_text(tree):
    for path, text in tree.files.items():
        if not path.endswith(TEXT) or "/corpus/" in path:
            continue
        code = path.endswith(CPP + (".py", ".cmake", "CMakeLists.txt"))
        for number, line in enumerate(text.split("\n"), 1):
            if code and len(line) > 120:
                yield Finding(path, number, f"{len(line)} columns: at most 120")
            if code and "\t" in line:
                yield Finding(path, number, "a tab: use spaces")
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of the line")
            if UNFINISHED.search(line):
                yield Finding(path, number, "unfinished: do it, or leave it out and say so in the docs")


LINES_MAX = 600
FUNCTION_LINES_MAX = 70


def sizes(tree):
    """(path, line, name, lines, limit) of each file and function that is too long."""
    for path, text in tree.below(*CODE_FOLDERS, suffixes=CPP + (".py", ".sql")):
        line_count = len(text.splitlines())
        if line_count > LINES_MAX:
            yield path, 1, "file", line_count, LINES_MAX
        if path.endswith(CPP):
            for function in functions(text):
                if function.line_count > FUNCTION_LINES_MAX:
                    yield path, function.line, function.name, function.line_count, FUNCTION_LINES_MAX


@rule
def size(tree):
    """A ratchet: what is too long is listed with its size, and may only shrink."""
    listing = "test/rules/size_allowances.txt"
    allowed = {(path, name): (number, int(lines))
               for number, (path, name, lines, _) in allowances(tree, "size_allowances.txt", 4)}
    seen = set()
    for path, line, name, line_count, limit in sizes(tree):
        seen.add((path, name))
        number, listed = allowed.get((path, name), (0, limit))
        if line_count > listed:
            yield Finding(path, line, f"{name} has {line_count} lines, at most {listed}: split it by what it does, "
                                      f"or list it with the reason in {listing}")
        elif line_count < listed:
            yield Finding(listing, number, f"{name} of {path} has {line_count} lines now: write that down")
    for key, (number, _) in allowed.items():
        if key not in seen:
            yield Finding(listing, number, f"{key[1]} of {key[0]} is within the limit: take it out")


# --- the text speaks of the project alone -------------------------------------------------------

# In pieces, so that this list does not find itself.
FORBIDDEN = [re.compile(pattern, re.IGNORECASE) for pattern in (
    r"npmjs" r"\.org", r"npmjs" r"\.com", r"deb\.debian" r"\.org", r"pypi" r"\.org", r"crates" r"\.io",
    r"(?<![\w./-])/wo" r"rk/", r"/tm" r"p/w/", r"\bissue\s+#?" r"\d+", r"\bthe br" r"ief\b")]
SHARED = re.compile(r"\.\./sha" r"red")


@rule
def own_words(tree):
    for path, text in tree.files.items():
        if "/corpus/" in path:
            continue
        in_test = path.startswith(("test/", "bench/")) or path.endswith("_test.cpp")
        for number, line in enumerate(text.split("\n"), 1):
            for pattern in FORBIDDEN + ([] if in_test else [SHARED]):
                found = pattern.search(line)
                if found:
                    yield Finding(path, number, f"`{found.group(0)}` is not the project's: say it without")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("rules", nargs="*", metavar="RULE", help=", ".join(RULES))
    arguments = parser.parse_args()
    tree = Tree.read(arguments.root)
    findings = sorted(finding for name in arguments.rules or RULES for finding in RULES[name](tree))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
