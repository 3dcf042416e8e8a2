#!/usr/bin/env python3
"""Writes a file as the one comment of its kind on a pull or merge request: the first line of the file marks it.

    sticky_comment.py impact.md

On GitHub it reads GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN and PULL_REQUEST, on GitLab CI_API_V4_URL,
CI_PROJECT_ID, CI_MERGE_REQUEST_IID and GITLAB_TOKEN (a token with the scope api). Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

# What both accept; a longer text is cut, and says so.
LONGEST = 60_000


class Host:
    """Where comments are: the address of the list, the method that changes one, and the header with the token."""

    def __init__(self) -> None:
        e = os.environ
        if "GITHUB_REPOSITORY" in e:
            issues = f"{e['GITHUB_API_URL']}/repos/{e['GITHUB_REPOSITORY']}/issues"
            self.list = f"{issues}/{e['PULL_REQUEST']}/comments"
            self.one = f"{issues}/comments"
            self.method = "PATCH"
            self.headers = {"Authorization": f"Bearer {e['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"}
        else:
            project = f"{e['CI_API_V4_URL']}/projects/{e['CI_PROJECT_ID']}"
            self.list = self.one = f"{project}/merge_requests/{e['CI_MERGE_REQUEST_IID']}/notes"
            self.method = "PUT"
            self.headers = {"PRIVATE-TOKEN": e["GITLAB_TOKEN"]}

    def call(self, method: str, url: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {**self.headers, "Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def find(self, marker: str) -> Any:
        """Returns the id of the comment with the marker, None if there is none yet."""
        page = 1
        while comments := self.call("GET", f"{self.list}?per_page=100&page={page}"):
            for comment in comments:
                if comment["body"].startswith(marker):
                    return comment["id"]
            page += 1
        return None


def main(path: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit("\n", 1)[0] + "\n\nThe rest is left out: it is in the file of the job.\n"
    host = Host()
    found = host.find(text.split("\n", 1)[0])
    if found is None:
        host.call("POST", host.list, {"body": text})
    else:
        host.call(host.method, f"{host.one}/{found}", {"body": text})


if __name__ == "__main__":
    main(sys.argv[1])
