#!/usr/bin/env python3
"""Keeps a copy of what a place and everything below it has to keep to.

    copy.py [--once] https://HOST/api/v1/elections/2021/areas/058 FILE

FILE is a line with the change token, then a line for each milestone: its key
(AREA/MILESTONE), a tab, and its row as the API's list of deadlines has it. It is
replaced as a whole, so that whoever reads it sees one state, and a copy that was
stopped goes on where it was. With --once it is brought up to date once; else it
follows the changes until it is ended. An API token may stand in TOKEN.

Only the standard library is needed (Python 3.9 or newer).
"""

import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

WAIT = 50  # seconds that the server may hold an empty answer back; 60 at most


class Gone(Exception):
    """410: what was begun cannot be gone on with. Take a fresh list."""


class NotNow(Exception):
    """The server cannot answer now; come back after so many seconds, where it says."""

    def __init__(self, why, seconds=None):
        super().__init__(why)
        self.seconds = seconds


def get(address):
    """The answer as a dict."""
    headers = {"Accept": "application/json", "User-Agent": "tiendo-copy-py/1"}
    if os.environ.get("TOKEN"):
        headers["Authorization"] = "Bearer " + os.environ["TOKEN"]
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=WAIT + 40) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            said = refused.read().decode("utf-8", "replace")
        if refused.code == 410:
            raise Gone from None
        if refused.code == 429 or refused.code >= 500:
            seconds = refused.headers.get("Retry-After", "")
            raise NotNow(f"{refused.code}", int(seconds) if seconds.isdigit() else None) from None
        sys.exit(f"{address}: {refused.code} {said}")  # asking again would not help
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise NotNow(str(failed)) from None


def key_of(row):
    return row["area"]["code"] + "/" + row["milestone"]["id"]


def snapshot(base):
    """A fresh token and all rows: every page shows the moment of the first."""
    origin = base[: base.index("/", base.index("//") + 2)]
    page = get(base + "/deadlines?limit=200")
    token, rows = page["changes_token"], {}
    while True:
        for row in page["items"]:
            rows[key_of(row)] = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        if not page["has_more"]:
            return token, rows
        page = get(origin + page["next"])


def apply(rows, changes):
    """Puts in its place what comes with an item, and drops what comes without."""
    for change in changes:
        if change["milestone"] is None or change["above"]:
            continue  # no row of the list: a document, the election, a milestone from above
        key = change["area"] + "/" + change["milestone"]
        print(change["revision"], change["kind"], key, flush=True)
        if change["item"] is None:
            rows.pop(key, None)
        else:
            rows[key] = json.dumps(change["item"], ensure_ascii=False, separators=(",", ":"))


def load(file):
    try:
        with open(file, encoding="utf-8", newline="\n") as f:
            token, *lines = f.read().split("\n")[:-1]
    except (FileNotFoundError, ValueError):
        return None, {}
    return token, dict(line.split("\t", 1) for line in lines)


def save(file, token, rows):
    with open(file + ".new", "w", encoding="utf-8", newline="\n") as f:
        f.write(token + "\n")
        f.writelines(f"{key}\t{row}\n" for key, row in sorted(rows.items()))
        f.flush()
        os.fsync(f.fileno())
    os.replace(file + ".new", file)


def follow(base, file, once):
    token, rows = load(file)
    pause = 1
    while True:
        try:
            if token is None:
                token, rows = snapshot(base)
                save(file, token, rows)
                print("snapshot", len(rows), flush=True)
            page = get(f"{base}/changes?limit=1000&wait={0 if once else WAIT}&after={token}")
            apply(rows, page["items"])
            if page["changes_token"] != token:
                token = page["changes_token"]
                save(file, token, rows)
            if once and not page["has_more"]:
                return
            pause = 1
        except Gone:
            token = None  # what is in the file stays until there is better
        except NotNow as why:
            if once:
                sys.exit(f"{base}: not now: {why}")
            # Not all at once, and less often the longer it takes.
            time.sleep(why.seconds if why.seconds is not None else pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, 60)


if __name__ == "__main__":
    said = [a for a in sys.argv[1:] if a != "--once"]
    if len(said) != 2 or "//" not in said[0]:
        sys.exit(__doc__)
    try:
        follow(said[0].rstrip("/"), said[1], "--once" in sys.argv)
    except KeyboardInterrupt:
        pass
