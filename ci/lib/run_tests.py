"""Runs ctest and shows how far it is.

usage: run_tests.py MEMORY LEFT CTEST [ARGUMENT...]

Prints ctest's output as it is. On standard error it shows how many tests have ended, which ones run, and an estimate of the
remaining time: on a terminal in one line that is rewritten, otherwise as a line when ctest has printed nothing for ten seconds,
and at least once a minute. Into ctest's summary it inserts one line that counts what ran, what failed, and what is left for the
nightly run; LEFT is a text to add to it, for work that is no test (may be empty).

MEMORY: the file with the duration of each test's last success, for the estimate. The exit status is ctest's.
"""
import json
import os
import re
import selectors
import shutil
import signal
import statistics
import subprocess
import sys
import time

START = re.compile(r"\s*Start\s+\d+: (.+)$")
END = re.compile(r"\s*\d+/\d+ Test\s+#\d+: (.+?) \.+\s*(?:[^.*]*\*\*\*(.+?)|(Passed))\s+([\d.]+) sec\s*$")
SUMMARY = re.compile(r"\d+% tests passed, \d+ tests? failed out of \d+$")
SILENCE, EVERY, OFTEN, REDRAW = 10, 60, 1, 0.1
# With less work done, the estimate would follow chance.
ENOUGH = 20


class Test:
    def __init__(self, listed):
        properties = {one["name"]: one["value"] for one in listed.get("properties", [])}
        self.name = listed["name"]
        labels = properties.get("LABELS", [])
        self.kind = next((kind for kind in ("sabotage", "slow", "scenario", "lint", "tiny") if kind in labels), "other")
        self.chosen = not properties.get("DISABLED", False)
        begin = [one.partition("=")[2] for one in properties.get("ENVIRONMENT", []) if one.startswith("BOXTEST_BEGIN_BEFORE=")]
        self.until = float(begin[0]) if begin else None  # It does not begin after this time.


def parallel(arguments):
    """ctest's -j."""
    for place, word in enumerate(arguments):
        if word in ("-j", "--parallel") and place + 1 < len(arguments):
            return int(arguments[place + 1])
        if re.fullmatch(r"-j\d+", word):
            return int(word[2:])
    return 1


def duration(seconds):
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def counted(number, word):
    return f"{number} {word}{'' if number == 1 else 's'}"


class Progress:
    """What has begun and ended, by ctest's output."""

    def __init__(self, tests, usual, jobs, now):
        self.tests = {test.name: test for test in tests}
        self.usual, self.jobs, self.begun = usual, jobs, now
        self.running, self.seconds, self.states = {}, {}, {}

    def read(self, line, now):
        if (match := START.fullmatch(line)) and match[1] in self.tests:
            self.running[match[1]] = now
        elif (match := END.fullmatch(line)) and match[1] in self.tests:
            began = self.running.pop(match[1], None)
            self.states[match[1]] = match[2] or match[3]
            if began is not None and match[3]:
                self.seconds[match[1]] = float(match[4])

    def chosen(self):
        return [test for test in self.tests.values() if test.chosen]

    def ended(self):
        return [test for test in self.chosen() if test.name in self.states]

    def weights(self):
        """The expected seconds of each chosen test; None for a kind of which nothing is known."""
        known = {}
        for test in self.chosen():
            for source in (self.usual, self.seconds):
                if test.name in source:
                    known.setdefault(test.kind, []).append(source[test.name])
        typical = {kind: statistics.median(values) for kind, values in known.items()}
        return {test.name: self.usual.get(test.name, typical.get(test.kind)) for test in self.chosen()}

    def rest(self, now):
        """(seconds, whether that is all): the estimate of the remaining time."""
        weights = self.weights()
        done = sum(weights[test.name] or 0 for test in self.ended() if test.name in self.seconds)
        # The machine's speed of today, and what runs beside.
        pace = 1
        if done >= ENOUGH:
            pace = min(5, max(0.2, sum(self.seconds[name] for name in self.seconds if weights.get(name) is not None) / done))
        complete, sums = True, {}
        for test in self.chosen():
            if test.name in self.states:
                continue
            weight = weights[test.name]
            if weight is None:
                complete = False
                continue
            weight *= pace
            if test.name in self.running:
                weight = max(1, weight - (now - self.running[test.name]))
            sums[test.until or 0] = sums.get(test.until or 0, 0) + weight
        seconds = sums.pop(0, 0) / self.jobs
        for until in sorted(sums):
            seconds += min(sums[until] / self.jobs, max(0, until - now - seconds))
        return seconds, complete

    def text(self, now):
        seconds, complete = self.rest(now)
        line = f"[{now - self.begun:4.0f} s] {len(self.ended())} of {counted(len(self.chosen()), 'test')}"
        if seconds >= 1:
            line += f", {'about' if complete else 'more than'} {duration(seconds)} left"
        if self.running:
            line += ": " + ", ".join(f"{name} ({duration(now - began)})" for name, began in self.running.items())
        return line

    def count(self, left_besides):
        """The line for the summary."""
        left = {}
        late = 0
        for test in self.tests.values():
            # run-unless-late skips a test when its time is over; other tests skip themselves for other reasons.
            skipped = self.states.get(test.name) == "Skipped" and test.until is not None
            late += skipped
            if skipped or not test.chosen:
                kind = {"sabotage": "sabotage", "slow": "slow scenario"}.get(test.kind, "other test")
                left[kind] = left.get(kind, 0) + 1
        states = list(self.states.values())
        unrun = sum(state.startswith(("Not Run", "Skipped")) for state in states)
        failed = sum(not state.startswith(("Passed", "Not Run (Disabled", "Skipped")) for state in states)
        line = f"{len(states) - unrun} ran, {failed} failed"
        parts = [counted(number, kind) for kind, number in sorted(left.items(), reverse=True)]
        if left_besides:
            parts.append(left_besides)
        line += "; left for the nightly run: " + ", ".join(parts) if parts else "; nothing is left for the nightly run"
        return line + (f"; {late} of these tests had been chosen, but did not begin in time" if late else "")


class Display:
    def __init__(self, out):
        self.out, self.terminal, self.unfinished = out, out.isatty(), False
        self.printed = self.shown = time.time()

    def erase(self):
        if self.unfinished:
            self.out.write("\r\033[K")
            self.out.flush()
            self.unfinished = False

    def passed_on(self, now):
        self.printed = now

    def show(self, progress, now):
        if self.terminal:
            # The estimate looks at all tests: not for each of a thousand short ones.
            if now - self.shown < REDRAW:
                return
            self.shown = now
            text = progress.text(now)[: max(20, shutil.get_terminal_size().columns) - 1]
            self.out.write(f"\r{text}\033[K")
            self.unfinished = True
        elif now - max(self.printed, self.shown) >= SILENCE or now - self.shown >= EVERY:
            self.out.write(progress.text(now) + "\n")
            self.shown = now
        self.out.flush()


def load(memory):
    try:
        with open(memory, encoding="utf-8") as file:
            return {name: float(seconds) for name, seconds in json.load(file).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def save(memory, seconds):
    try:
        os.makedirs(os.path.dirname(memory) or ".", exist_ok=True)
        part = f"{memory}.{os.getpid()}"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(seconds, file, indent=0, sort_keys=True)
        os.replace(part, memory)
    except OSError:
        pass  # The next run has no estimate.


def main(memory, left, ctest, *arguments):
    listed = subprocess.run([ctest, *arguments, "--show-only=json-v1"], check=True, stdout=subprocess.PIPE).stdout
    progress = Progress([Test(one) for one in json.loads(listed)["tests"]], load(memory), parallel(arguments), time.time())
    display = Display(sys.stderr)
    # ctest does not end its tests when a signal ends it; in one process group, all get the signal.
    child = subprocess.Popen([ctest, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.killpg(child.pid, number))
    output = sys.stdout.buffer
    begun_line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            data = None
            if selector.select(OFTEN):
                data = os.read(child.stdout.fileno(), 1 << 16)
                if not data:
                    break
                *lines, begun_line = (begun_line + data).split(b"\n")
                display.erase()
                for line in lines:
                    output.write(line + b"\n")
                    text = line.decode(errors="replace")
                    progress.read(text, time.time())
                    if SUMMARY.fullmatch(text):
                        output.write(progress.count(left).encode() + b"\n")
                output.flush()
                if lines:
                    display.passed_on(time.time())
            display.show(progress, time.time())
    display.erase()
    output.write(begun_line)
    output.flush()
    status = child.wait()
    save(memory, load(memory) | progress.seconds)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))
