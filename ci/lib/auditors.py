#!/usr/bin/env python3
"""What public auditors say of a machine, as one line a finding, held against the list of findings that stay.

auditors.py EXPECTED SSH-AUDIT.json SSLYZE.txt LYNIS-REPORT

EXPECTED has a line for each finding that stays: auditor, finding, reason, separated by tabs. In a finding `*` stands for any text.
Prints what is not on the list, and what is on the list and was not found; status 1 when there is either.
"""
import fnmatch
import json
import re
import sys


def ssh_audit(path):
    answer = json.load(open(path))
    for kind in ("kex", "key", "enc", "mac"):
        if not answer[kind]:
            sys.exit(f"ssh-audit met no {kind}: it has looked at nothing")
        for one in answer[kind]:
            for text in one.get("notes", {}).get("fail", []):
                yield f"{kind} {one['algorithm']}: {text}"
    for one in answer.get("cves", []):
        yield f"cve {one['name']}"


def sslyze(path):
    text = open(path).read()
    verdict = re.search(r"^ +\S+: (FAILED - Not compliant|OK - Compliant)[.]?$(.*)", text, re.M | re.S)
    if not verdict:
        sys.exit("sslyze has not come to a verdict:\n" + text[-2000:])
    for check, said in re.findall(r"^ +\* (\w+): (.*)$", verdict.group(2), re.M):
        names = re.search(r"\{(.*?)\}", said)
        for name in sorted(re.findall(r"'([^']+)'", names.group(1))) if names else [said]:
            yield f"{check} {name}"


def lynis(path):
    text = open(path, errors="replace").read()
    if "report_datetime_end=" not in text:
        sys.exit("lynis has not come to its end")
    if "SSH-7408" not in text or "KRNL-6000" not in text:
        sys.exit("lynis has not looked at sshd's settings and at the kernel's")
    for test, field, preferred, value in re.findall(r"^details\[\]=(SSH-7408|KRNL-6000)\|.*?;field:([^;]*);prefval:([^;]*);value:([^;]*);", text, re.M):
        yield f"setting {test} {field} {value}, not {preferred}"
    for kind, said in re.findall(r"^(warning|suggestion)\[\]=(.*)$", text, re.M):
        test, words = said.split("|")[:2]
        # Of these two each setting is a finding, above.
        if kind == "warning" or test not in ("SSH-7408", "KRNL-6000"):
            yield f"{kind} {test} {words}"


def main():
    expected = [line.rstrip("\n").split("\t") for line in open(sys.argv[1]) if line.strip() and not line.startswith("#")]
    for line in expected:
        if len(line) != 3 or not line[2].strip():
            sys.exit(f"{sys.argv[1]}: an auditor, a finding and a reason, not {line}")
    found = [(name, one) for name, ask, path in (("ssh-audit", ssh_audit, sys.argv[2]), ("sslyze", sslyze, sys.argv[3]), ("lynis", lynis, sys.argv[4])) for one in ask(path)]
    # Brackets in a pattern of the list are literal.
    met = lambda entry, one: entry[0] == one[0] and fnmatch.fnmatchcase(one[1], entry[1].replace("[", "[[]"))
    wrong = [f"nobody expects this of {name}: {one}" for name, one in found if not any(met(entry, (name, one)) for entry in expected)]
    wrong += [f"is on the list and was not found by {entry[0]}: {entry[1]}" for entry in expected if not any(met(entry, one) for one in found)]
    print(f"{len(found)} findings, {len(expected)} of the list")
    for line in sorted(wrong):
        print(line)
    sys.exit(1 if wrong else 0)


main()
