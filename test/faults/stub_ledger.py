#!/usr/bin/env python3
"""The least that behaves like the program: deliveries in one file, replaced durably. For the canaries.

STUB_FLAW names what it does wrong: `unsynced`, `unsynced folder`, `in place`, `unacknowledged`, `no cleaning`.
"""

import json
import os
import sys

FLAW = os.environ.get("STUB_FLAW", "")


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def put(path, text):
    temporary = path if FLAW == "in place" else path + ".tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(descriptor, text.encode())
    if FLAW != "unsynced":
        os.fsync(descriptor)
    os.close(descriptor)
    if temporary != path:
        os.rename(temporary, path)
    if FLAW != "unsynced folder":
        sync(os.path.dirname(path))


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "init":
        folder = arguments[1]
        os.makedirs(folder, exist_ok=True)
        put(os.path.join(folder, "state"), "[]")
        sync(os.path.dirname(folder))
        return
    folder, command = arguments[1], arguments[2]
    state = os.path.join(folder, "state")
    with open(state, encoding="utf-8") as file:
        deliveries = json.load(file)
    if command == "ingest":
        with open(arguments[3], encoding="utf-8") as file:
            bill = file.read()
        if bill not in deliveries:
            if FLAW == "unacknowledged":
                return
            if FLAW == "no cleaning":
                os.mkdir(os.path.join(folder, "staging"))
            put(state, json.dumps(deliveries + [bill]))
            if FLAW == "no cleaning":
                os.rmdir(os.path.join(folder, "staging"))
    elif command == "deliveries":
        print(len(deliveries))
    elif command == "query":
        print(deliveries[-1] if deliveries else "nothing")


if __name__ == "__main__":
    try:
        main()
    except OSError as problem:
        sys.exit(str(problem))
