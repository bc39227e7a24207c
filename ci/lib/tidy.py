"""clang-tidy over the harness and the scenarios in a compiled build folder, each file's clean verdict remembered by the content of all it includes.

usage: tidy.py CLANG-TIDY BUILD-FOLDER CACHE-FOLDER
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys


@functools.cache
def digest(path: str) -> bytes:
    return hashlib.sha256(pathlib.Path(path).read_bytes()).digest()


def dependencies(build: str) -> dict[str, list[str]]:
    """Object file to everything it was compiled from, as ninja recorded it."""
    found: dict[str, list[str]] = {}
    current = None
    for line in subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("    ") and current is not None:
            found[current].append(os.path.normpath(os.path.join(build, line.strip())))
        elif ": #deps" in line:
            current = line.split(":", 1)[0]
            found[current] = []
    return found


def main() -> int:
    tidy, build, cache = sys.argv[1:]
    top = os.getcwd()
    pathlib.Path(cache).mkdir(parents=True, exist_ok=True)
    common = subprocess.run([tidy, "--version"], check=True, capture_output=True).stdout + pathlib.Path(".clang-tidy").read_bytes()
    recorded = dependencies(build)

    jobs = []
    for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text()):
        # The tests are mostly GoogleTest's macros: a minute a file, for next to nothing.
        if os.path.relpath(entry["file"], top).startswith("tests/"):
            continue
        words = shlex.split(entry["command"])
        output = words[words.index("-o") + 1]
        if output not in recorded:
            print(f"{entry['file']}: not compiled yet in {build}")
            return 1
        key = hashlib.sha256(common + entry["command"].replace(top, "").encode())
        for path in sorted(recorded[output]):
            key.update(digest(path))
        jobs.append((entry["file"], pathlib.Path(cache, key.hexdigest())))

    def check(job: tuple[str, pathlib.Path]) -> tuple[str, int, str]:
        file, verdict = job
        if verdict.exists():
            verdict.touch()
            return file, 0, ""
        done = subprocess.run([tidy, "--quiet", "-p", build, file], capture_output=True, text=True)
        if done.returncode == 0:
            verdict.touch()
        return file, done.returncode, done.stdout + done.stderr

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, status, text in pool.map(check, jobs):
            if status != 0:
                failed += 1
                print(f"== {os.path.relpath(file, top)}\n{text}")
    print(f"{len(jobs)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
