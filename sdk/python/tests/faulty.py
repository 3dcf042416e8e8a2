"""A server on a local socket that does what servers and networks do wrong."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Callable, List, Optional

Behaviour = Callable[["Connection"], None]


class Connection:
    """One request: its head has been read, its body has not."""

    def __init__(self, conn: socket.socket) -> None:
        self.socket = conn
        self.file = conn.makefile("rb")
        self.line = self.file.readline().decode()
        self.headers: dict[str, str] = {}
        while (line := self.file.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()

    def body(self) -> bytes:
        """Reads the body: chunked, as uploads are, or of a length."""
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.file.read(int(self.headers.get("content-length", 0)))
        whole = b""
        while size := int(self.file.readline(), 16):
            whole += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return whole

    def send(self, status: int, body: bytes, *headers: str, media: str = "application/json") -> None:
        lines = [f"HTTP/1.1 {status} Status", f"Content-Type: {media}", f"Content-Length: {len(body)}", *headers]
        self.socket.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)

    def problem(self, status: int, code: str, *headers: str, **more: object) -> None:
        problem = {"status": status, "code": code, "title": code, "detail": f"It is {code}.", "request_id": "r-1"}
        self.send(status, json.dumps({**problem, **more}).encode(), *headers, media="application/problem+json")


class FaultyServer:
    """Answers the first connection by the first behaviour, and so on; the last one is repeated."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.seen: List[Connection] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.stopped = threading.Event()
        self.threads: List[threading.Thread] = []
        self.loop = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> FaultyServer:
        self.loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        # Wakes accept, which closing the listener alone does not do everywhere.
        socket.create_connection(self.listener.getsockname()).close()
        self.loop.join(5)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)

    def _serve(self) -> None:
        count = 0
        while True:
            conn, _ = self.listener.accept()
            if self.stopped.is_set():
                conn.close()
                return
            behaviour = self.behaviours[min(count, len(self.behaviours) - 1)]
            count += 1
            thread = threading.Thread(target=self._answer, args=(conn, behaviour), daemon=True)
            thread.start()
            self.threads.append(thread)

    def _answer(self, conn: socket.socket, behaviour: Behaviour) -> None:
        with conn:
            try:
                connection = Connection(conn)
                self.seen.append(connection)
                behaviour(connection)
                connection.file.close()
            except (OSError, ValueError):
                pass  # the client went away, which is its right


def imported(status: str = "pending") -> dict[str, object]:
    names = ["tables", "columns", "lineages"]
    counts = {f"{n}_{what}": 0 for n in names for what in ("created", "updated")}
    schema = {"id": "SCH-101", "name": "Analytics Warehouse"}
    return {
        "data": {
            "id": "IMP-7",
            "type": "dbt_import",
            "attributes": {"status": status, "error_message": None, **counts},
            "relationships": {"schema": schema},
        }
    }


def accept(c: Connection) -> None:
    c.body()
    c.send(202, json.dumps(imported()).encode())


def refuse(status: int, code: str, *headers: str, **more: object) -> Behaviour:
    """Reads the body, then refuses."""

    def behaviour(c: Connection) -> None:
        c.body()
        c.problem(status, code, *headers, **more)

    return behaviour


def refuse_early(status: int, code: str) -> Behaviour:
    """Refuses before the body is read, as a server does that looks at the key first."""
    return lambda c: c.problem(status, code)


def reply(status: int, body: bytes, *headers: str, media: str = "text/html") -> Behaviour:
    def behaviour(c: Connection) -> None:
        c.body()
        c.send(status, body, *headers, media=media)

    return behaviour


def garbage(c: Connection) -> None:
    c.body()
    c.socket.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def hang_up(c: Connection) -> None:
    """Closes the connection without a word, in the middle of the body."""
    c.file.read(1)


def hang_up_at_the_end(c: Connection) -> None:
    """Takes all of the body and closes: the client cannot know whether it counted."""
    c.body()


def half_a_reply(c: Connection) -> None:
    c.body()
    c.socket.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{")


def silent(seconds: float) -> Behaviour:
    def behaviour(c: Connection) -> None:
        c.body()
        time.sleep(seconds)

    return behaviour


def closed_port() -> str:
    """Returns an address that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: Optional[int] = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"
