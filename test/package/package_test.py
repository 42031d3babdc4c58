#!/usr/bin/env python3
"""Makes the Debian package, unpacks it elsewhere, and runs the program from there.

usage: package_test.py CPACK BUILD_FOLDER
"""

import os
import re
import subprocess
import sys
import tempfile


def output_of(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def owner_of(library):
    """The Debian package that a library's file belongs to; some are known by their path before /usr was merged."""
    for path in (library, os.path.realpath(library), "/usr" + library, library.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    raise SystemExit(f"no Debian package owns {library}")


def main():
    cpack, build = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        output_of(cpack, "--config", os.path.join(build, "CPackConfig.cmake"), "-B", folder)
        packages = [name for name in os.listdir(folder) if name.endswith(".deb")]
        assert len(packages) == 1, packages
        package, root = os.path.join(folder, packages[0]), os.path.join(folder, "root")
        output_of("dpkg-deb", "-x", package, root)
        program = os.path.join(root, "usr/bin/florin")

        version = output_of("dpkg-deb", "-f", package, "Version").strip()
        said = output_of(program, "--version", env={"PATH": "/usr/bin:/bin"})
        assert version in said, f"the package is {version}, the program says {said}"

        library = os.path.join(root, "usr/lib/florin/libduckdb.so")
        loaded = {}
        for file in (program, library):
            loaded.update(re.findall(r"(\S+) => (\S+)", output_of("ldd", file)))
        assert os.path.realpath(loaded.pop("libduckdb.so")) == library, "it loads another libduckdb.so than its own"
        assert "not" not in loaded.values(), f"not found: {loaded}"
        needed = {owner_of(path) for path in loaded.values()}
        named = set(re.findall(r"([a-z0-9+.-]+)(?: \([^)]*\))?(?:,|$)",
                               output_of("dpkg-deb", "-f", package, "Depends").strip()))
        assert needed == named, f"Depends lacks {needed - named} and names {named - needed} for nothing"
        for path in ("usr/share/doc/florin/LICENSE", "usr/share/doc/florin/LICENSE.duckdb"):
            assert os.path.isfile(os.path.join(root, path)), f"no {path}"
        print(f"{packages[0]}: {os.path.getsize(package):,} bytes, loads {', '.join(sorted(needed))}")


if __name__ == "__main__":
    main()
