"""clang-tidy over the harness and the scenarios, each file by itself; a file's clean verdict is remembered by the content of everything
of this project that it includes, of its command, and of the installed packages.

usage: tidy.py [--plan] [--most N] [--jobs N] CLANG-TIDY BUILD-FOLDER CACHE-FOLDER

  BUILD-FOLDER   one that was configured without unity builds; nothing needs to be compiled in it
  --most N       check at most N files that have no verdict yet, those that were changed last first (default: all)
  --plan         check nothing: print the files that are left out by --most
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)


@functools.cache
def content(path: str) -> bytes:
    return pathlib.Path(path).read_bytes()


@functools.cache
def digest(path: str) -> bytes:
    return hashlib.sha256(content(path)).digest()


def includes(file: str, folders: list[str]) -> list[str]:
    """The file and every file that it includes by quotes, directly or not. Ends the program when one of these is nowhere: what is
    generated must be there when the build folder is configured."""
    found = [os.path.normpath(file)]
    for path in found:
        for name in INCLUDE.findall(content(path)):
            candidates = [os.path.normpath(os.path.join(folder, name.decode())) for folder in (os.path.dirname(path), *folders)]
            included = next(filter(os.path.isfile, candidates), None)
            if included is None:
                sys.exit(f"{path} includes {name.decode()}, which is in no folder of {file}'s compile command")
            if included not in found:
                found.append(included)
    return found


def folders_of(words: list[str], directory: str) -> list[str]:
    """The folders of -I and -isystem, as absolute paths."""
    folders = []
    for at, word in enumerate(words):
        if word in ("-I", "-isystem", "-iquote"):
            folders.append(words[at + 1])
        elif word.startswith("-I") and len(word) > 2:
            folders.append(word[2:])
    return [os.path.join(directory, folder) for folder in folders]


def changed_last(top: str) -> dict[str, int]:
    """File to its place in the history, the newest 0. Files that git does not know are the newest."""
    order: dict[str, int] = {}
    history = ["git", "-c", "safe.directory=" + top, "log", "--format=", "--name-only"]
    try:
        listed = subprocess.run(history, cwd=top, capture_output=True, text=True)
    except FileNotFoundError:
        return order  # Without git all files count as equally new.
    for line in listed.stdout.splitlines():
        if line:
            order.setdefault(line, len(order))
    return order


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--most", type=int)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    for name in ("tidy", "build", "cache"):
        parser.add_argument(name)
    options = parser.parse_args()
    top = os.getcwd()
    cache = pathlib.Path(options.cache)
    cache.mkdir(parents=True, exist_ok=True)
    common = subprocess.run([options.tidy, "--version"], check=True, capture_output=True).stdout + content(".clang-tidy")
    # The versions of the libraries that are included with <...>.
    common += subprocess.run(["dpkg-query", "-W"], capture_output=True, check=False).stdout

    order = changed_last(top)
    jobs = []
    for entry in json.loads(pathlib.Path(options.build, "compile_commands.json").read_text()):
        relative = os.path.relpath(entry["file"], top)
        # The tests are mostly GoogleTest's macros: a minute per file with hardly any findings. Files in build/ are generated.
        if relative.startswith(("tests/", "build/")):
            continue
        words = shlex.split(entry["command"])
        key = hashlib.sha256(common + entry["command"].replace(top, "").encode())
        files = includes(entry["file"], folders_of(words, entry["directory"]))
        for path in sorted(files):
            key.update(digest(path))
        verdict = cache / key.hexdigest()
        if verdict.exists():
            verdict.touch()
            continue
        # A file counts as changed when one of the files that it includes is changed.
        jobs.append((min(order.get(os.path.relpath(path, top), -1) for path in files), relative, verdict))

    # The order does not affect the verdicts: the last changed files first; files with an equally new change by name.
    jobs.sort()
    left = [] if options.most is None else jobs[options.most:]
    if options.plan:
        print("\n".join(file for _, file, _ in left))
        return 0

    def check(job: tuple[int, str, pathlib.Path]) -> tuple[str, int, str]:
        _, file, verdict = job
        done = subprocess.run([options.tidy, "--quiet", "-p", options.build, file], capture_output=True, text=True)
        if done.returncode == 0:
            verdict.touch()
        return file, done.returncode, done.stdout + done.stderr

    found = []
    todo = jobs[: len(jobs) - len(left)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done, (file, status, text) in enumerate(pool.map(check, todo), 1):
            print(f"{done} of {len(todo)}: {file}", flush=True)
            if status != 0:
                found.append(f"== {file}\n{text}")
    # Printed last, because only the end of a long output is shown.
    print("\n".join(found + [f"{len(todo)} files checked, {len(found)} with findings; {len(left)} left out"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
