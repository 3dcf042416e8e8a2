"""Server-sent events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, List, Optional


@dataclass
class Event:
    """An event: its name, its data decoded, and its id, from which a stream can be continued."""

    name: str
    data: Any
    id: Optional[str]


class EventReader:
    """Makes events of lines."""

    def __init__(self) -> None:
        self._name = "message"
        self._data: List[str] = []
        self._id: Optional[str] = None

    def read(self, line: str) -> Optional[Event]:
        """Takes the next line and returns the event that it ends, if any."""
        line = line.rstrip("\r\n")
        if not line:
            return self._end()
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None

    def _end(self) -> Optional[Event]:
        name, data, self._name, self._data = self._name, self._data, "message", []
        if not data:
            return None
        return Event(name, json.loads("\n".join(data)), self._id)
