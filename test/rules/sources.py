"""The project's files as the rules see them: text by path, and C++ split into code and literals."""

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

SKIPPED_FOLDERS = {".git", ".deps", "build", "demo-workspace", "__pycache__", "node_modules"}
CPP = (".cpp", ".hpp")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


@dataclass
class Tree:
    """Text of each file by its path from the root, with forward slashes."""

    files: dict = field(default_factory=dict)

    @staticmethod
    def read(root):
        files = {}
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
            for name in sorted(names):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    content = file.read()
                if b"\0" in content:
                    continue
                files[os.path.relpath(path, root)] = content.decode("utf-8", errors="replace")
        return Tree(files)

    def below(self, *folders, suffixes=CPP):
        for path, text in self.files.items():
            if path.endswith(suffixes) and any(path.startswith(folder + "/") for folder in folders):
                yield path, text

    def modules(self):
        """The layers, lowest first, as the build has them."""
        found = re.search(r"foreach\(module ([a-z_ \n]+)\)", self.files["CMakeLists.txt"])
        return found.group(1).split()


@dataclass
class Scanned:
    code: list       # lines with comments and the insides of literals blanked
    literals: list   # (line, text), adjacent literals joined


TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<mark>[^()\\ ]{0,16})\((?P<inside>.*?)\)(?P=mark)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')""",
    re.DOTALL | re.VERBOSE)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


@lru_cache(maxsize=None)
def scan(text):
    """Splits C++ into code and string literals. Line numbers stay what they were."""
    code, literals = [], []
    at, line, literal_end = 0, 1, -1
    for found in TOKEN.finditer(text):
        between = text[at:found.start()]
        line += between.count("\n")
        code.append(between)
        whole = found.group(0)
        if found["raw"] is not None or found["string"] is not None:
            inside = found["inside"] if found["raw"] is not None else whole[1:-1]
            if literals and literal_end == at and not between.strip():
                literals[-1] = (literals[-1][0], literals[-1][1] + inside)
            else:
                literals.append((line, inside))
            literal_end = found.end()
            code.append('"' + blank(whole[1:-1]) + '"')
        elif found["char"] is not None:
            code.append("'" + blank(whole[1:-1]) + "'")
        else:
            code.append(blank(whole))
        line += whole.count("\n")
        at = found.end()
    code.append(text[at:])
    return Scanned("".join(code).split("\n"), literals)


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    line_count: int


TYPE = re.compile(r"\b(class|struct|union|enum)\b")
NAME = re.compile(r"(~?[A-Za-z_][A-Za-z0-9_:]*|operator\s*[^\s(]+)\s*\(")


def opens_function(head):
    """Whether a `{` after this text, at namespace or class level, starts a function's body."""
    head = re.sub(r"\s+", " ", head).strip()
    if "(" not in head or head.endswith(("=", ",", "(")):
        return False
    if re.search(r"\)( noexcept)? ?: ?[^:]", head) and re.search(r"[A-Za-z0-9_>]$", head) and " ->" not in head:
        return False  # a member of an initialiser list, as in `: count_{1}`
    after = head[head.rindex(")") + 1:].strip()
    return head.endswith("}") or not after or "->" in after or bool(
        re.fullmatch(r"(const|noexcept|override|final|try|mutable|&&?| )+", after))


def functions(text):
    """Outermost functions: name, first line of the head, lines up to the closing brace."""
    code = re.sub(r"(?m)^[ \t]*#[^\n]*(?:\\\n[^\n]*)*", lambda found: blank(found.group(0)), "\n".join(scan(text).code))
    found, stack, head, head_line, line = [], [], "", 1, 1
    for character in code:
        if character == "\n":
            line += 1
        inside_function = any(kind == "function" for kind, _, _ in stack)
        in_other = bool(stack) and stack[-1][0] == "other"
        if character == "{":
            if inside_function or in_other:
                kind = "block"
            elif re.search(r"\bnamespace\b", head) or head.strip().startswith("extern"):
                kind = "space"
            elif opens_function(head):
                kind = "function"
            elif TYPE.search(head) and "=" not in head:
                kind = "space"
            else:
                kind = "other"
            names = NAME.findall(head)
            stack.append((kind, head_line, names[0] if names else "?"))
            if kind != "other":
                head = ""
        elif character == "}" and stack:
            kind, first, name = stack.pop()
            if kind == "function":
                found.append(Function(name, first, line - first + 1))
            if kind == "other":
                head += "{}"
            else:
                head = ""
        elif character == ";" and not in_other:
            head = ""
        elif not in_other and not inside_function:
            if not head.strip():
                head, head_line = "", line
            head += character
            if re.search(r"\b(public|private|protected)\s*:$", head):
                head = ""
    return found
