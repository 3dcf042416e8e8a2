#!/usr/bin/env python3
"""Writes the models and operations of the Python SDK from docs/openapi.json.

    scripts/gen_sdk.py [--check]

With --check nothing is written; the exit code is 1 if a file would change. Standard library only.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "openapi.json"
PACKAGE = ROOT / "sdk" / "python" / "src" / "thalweg"
WIDTH = 110

# Operations whose body or reply is not JSON: thalweg/client.py and aio.py have them by hand.
BY_HAND = {
    "create-import",
    "create-lineage-event",
    "export-schema",
    "get-import-artifact",
    "get-import-events",
    "get-sync-events",
    "get-openapi",
    "upload-integration-artifacts",
    "upload-integration-manifest",
    "upload-integration-run-result",
    "upload-integration-run-results",
}
# The same as another operation, under an older name or outside of the API.
LEFT_OUT = {"api-healthcheck", "livez", "readyz"}

Schema = dict[str, Any]


def camel(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text) if part)


def identifier(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()
    return name + "_" if keyword.iskeyword(name) else name


class Models:
    """TypedDicts of the document's schemas, and of those that stand only in an operation."""

    def __init__(self, document: Schema) -> None:
        self.named: dict[str, Schema] = dict(document["components"]["schemas"])
        self.written: dict[str, str] = {}

    def type(self, schema: Schema, name: str) -> str:
        """Returns the Python type of a schema; an object without a name of its own gets this one."""
        if "$ref" in schema:
            return schema["$ref"].rsplit("/", 1)[1]
        if "anyOf" in schema or "oneOf" in schema:
            parts = [self.type(s, name) for s in schema.get("anyOf") or schema["oneOf"]]
            return union(parts)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return union([self.type({**schema, "type": kind}, name) for kind in kinds])
        if "enum" in schema and kinds == "string":
            # What a server of another version may reply is a string all the same.
            return "str"
        if kinds == "array":
            return f"List[{self.type(schema.get('items', {}), name + 'Item')}]"
        if kinds == "object":
            return self.object(schema, name)
        simple = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
        return simple.get(kinds, "Any")

    def object(self, schema: Schema, name: str) -> str:
        if schema.get("properties"):
            self.write(name, schema)
            return name
        values = schema.get("additionalProperties")
        inner = self.type(values, name + "Value") if isinstance(values, dict) and values else "Any"
        return f"Dict[str, {inner}]"

    def write(self, name: str, schema: Schema) -> None:
        if name in self.written:
            raise SystemExit(f"gen_sdk: two schemas are called {name}")
        self.written[name] = ""  # its place in the order, before those of its fields
        required = set(schema.get("required", []))
        fields = [(key, self.type(s, name + camel(key)), s) for key, s in schema["properties"].items()]
        must = [f for f in fields if f[0] in required]
        may = [f for f in fields if f[0] not in required]
        text, base = "", "TypedDict"
        doc = schema.get("description", "")
        if must and may:
            base = f"_{name}Required"
            text += typed_dict(base, "TypedDict", must, total=True, doc="") + "\n\n"
            if any(reserved(key) for key, _, _ in may):
                # Only the call form can have such a key, and it takes no base.
                text += typed_dict(f"_{name}Optional", "TypedDict", may, total=False, doc="") + "\n\n"
                text += f"class {name}({base}, _{name}Optional):\n"
                text += "\n".join(docstring(doc or "Its keys are those of both bases.", "    ")) + "\n"
            else:
                text += typed_dict(name, base, may, total=False, doc=doc)
        else:
            text += typed_dict(name, base, must or may, total=bool(must) or not may, doc=doc)
        self.written[name] = text

    def all(self) -> str:
        for name, schema in self.named.items():
            if name in self.written:
                continue
            if schema.get("properties"):
                self.write(name, schema)
            else:
                self.written[name] = f"{name} = {self.type(schema, name + 'Inner')}\n"
        return "\n\n".join(self.written[name] for name in sorted(self.written))


def reserved(key: str) -> bool:
    return not key.isidentifier() or keyword.iskeyword(key)


def union(parts: list[str]) -> str:
    parts = list(dict.fromkeys(parts))
    if "Any" in parts:
        return "Any"
    if "None" in parts:
        rest = [p for p in parts if p != "None"]
        return f"Optional[{union(rest)}]" if rest else "None"
    return parts[0] if len(parts) == 1 else f"Union[{', '.join(parts)}]"


def typed_dict(name: str, base: str, fields: list[tuple[str, str, Schema]], *, total: bool, doc: str) -> str:
    if any(reserved(key) for key, _, _ in fields):
        lines = [f"{name} = TypedDict(", f'    "{name}",', "    {"]
        lines += [f'        "{key}": "{kind}",' for key, kind, _ in fields]
        lines += ["    },"] + ([] if total else ["    total=False,"]) + [")", ""]
        return "\n".join(lines)
    lines = [f"class {name}({base}{'' if total else ', total=False'}):"]
    lines += docstring(doc, "    ") if doc else []
    for key, kind, schema in fields:
        lines += comment(schema.get("description", ""), "    ")
        lines.append(f"    {key}: {kind}")
    return "\n".join(lines) + "\n"


def comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent + "# ", subsequent_indent=indent + "# ")


def docstring(text: str, indent: str) -> list[str]:
    text = text.replace("\\", "\\\\").rstrip()
    paragraphs = [textwrap.wrap(p, WIDTH, initial_indent=indent, subsequent_indent=indent) for p in text.split("\n\n")]
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += ([""] if lines else []) + paragraph
    lines[0] = indent + '"""' + lines[0].strip()
    if len(lines) == 1 and len(lines[0]) < WIDTH - 3:
        return [lines[0] + '"""']
    return [*lines, indent + '"""']


class Operation:
    """One operation of the document, as a method."""

    def __init__(self, path: str, method: str, spec: Schema, models: Models) -> None:
        self.id: str = spec["operationId"]
        self.name = identifier(self.id)
        self.method, self.path, self.spec = method.upper(), path, spec
        title = camel(self.id)
        parameters = [p for p in spec.get("parameters", []) if p["name"].lower() not in ("if-none-match",)]
        self.in_path = [p for p in parameters if p["in"] == "path"]
        self.in_query = [p for p in parameters if p["in"] == "query"]
        self.in_header = [p for p in parameters if p["in"] == "header"]
        self.parameter_type = {
            p["name"]: models.type(p.get("schema", {}), title + camel(p["name"])) for p in parameters
        }
        self.body = self.body_type(models, title)
        self.reply, self.item = self.reply_type(models, title)

    def body_type(self, models: Models, title: str) -> str | None:
        body = self.spec.get("requestBody")
        if not body:
            return None
        if list(body["content"]) != ["application/json"]:
            raise SystemExit(f"gen_sdk: {self.id}: a body that is not JSON is written by hand; see BY_HAND")
        return qualified(models.type(body["content"]["application/json"]["schema"], title + "Body"))

    def reply_type(self, models: Models, title: str) -> tuple[str | None, str | None]:
        replies = [r for status, r in self.spec["responses"].items() if status.startswith("2")]
        contents = [r.get("content", {}) for r in replies]
        if not any(contents):
            return None, None
        schema = next((c["application/json"]["schema"] for c in contents if "application/json" in c), None)
        if schema is None:
            raise SystemExit(f"gen_sdk: {self.id}: a reply that is not JSON is written by hand; see BY_HAND")
        reply = models.type(schema, title + "Reply")
        return qualified(reply), self.item_type(models, schema)

    def item_type(self, models: Models, schema: Schema) -> str | None:
        """Returns the type of a list's elements if its pages are followed by cursor."""
        if not {"limit", "cursor"} <= {p["name"] for p in self.in_query} or "$ref" not in schema:
            return None
        data = models.named[schema["$ref"].rsplit("/", 1)[1]]["properties"].get("data", {})
        if data.get("type") not in ("array", ["array", "null"]):
            return None
        return qualified(models.type(data["items"], "Unnamed"))

    def write(self, asynchronous: bool) -> str:
        wait, kind = ("await ", "async def") if asynchronous and not self.item else ("", "def")
        lines = [f"    {kind} {self.name}(", "        self,"]
        lines += [f"        {identifier(p['name'])}: str," for p in self.in_path]
        if self.body:
            lines.append(f"        body: {self.body},")
        optional = [*self.in_query, *self.in_header]
        if self.item:
            optional = [p for p in optional if p["name"] != "cursor"]
        if optional:
            lines.append("        *,")
        for p in sorted(optional, key=lambda p: not p.get("required")):
            kind = qualified(self.parameter_type[p["name"]])
            tail = "" if p.get("required") else " = None"
            lines.append(
                f"        {identifier(p['name'])}: {kind if p.get('required') else union([kind, 'None'])}{tail},"
            )
        pages = "AsyncPages" if asynchronous else "Pages"
        returns = f"{pages}[{self.item}]" if self.item else self.reply or "None"
        lines.append(f"    ) -> {returns}:")
        lines += docstring(self.doc(optional), "        ")
        lines.append(self.call(wait))
        return "\n".join(lines) + "\n"

    def doc(self, optional: list[Schema]) -> str:
        text = self.spec.get("summary", self.id).rstrip(".") + "."
        if self.spec.get("description"):
            text += "\n\n" + self.spec["description"].rstrip(".").replace("\n\n", "\n") + "."
        scopes = [s for way in self.spec.get("security", []) for s in way.get("bearer", [])]
        if scopes:
            text += f"\n\nScope: {', '.join(scopes)}. Route: {self.method} {self.path}."
        if self.item:
            text += "\n\nThe elements of all pages, read as they are asked for; `limit` is the size of a page."
        text += "".join(
            f"\n\n{identifier(p['name'])}: {p['description']}"
            for p in [*self.in_path, *optional]
            if p.get("description")
        )
        return text

    def call(self, wait: str) -> str:
        path = re.sub(r"\{(\w+)\}", lambda m: "{quoted(" + identifier(m[1]) + ")}", self.path)
        path = f'f"{path}"' if self.in_path else f'"{path}"'
        arguments = [f'"{self.method}"', path] if not self.item else [path]
        query = [p for p in self.in_query if not (self.item and p["name"] == "cursor")]
        if query:
            arguments.append("query={" + ", ".join(f'"{p["name"]}": {identifier(p["name"])}' for p in query) + "}")
        if self.in_header:
            arguments.append(
                "headers={" + ", ".join(f'"{p["name"]}": {identifier(p["name"])}' for p in self.in_header) + "}"
            )
        if self.body:
            arguments.append("body=body")
        if self.item:
            return f"        return self._pages({', '.join(arguments)})"
        if self.reply is None:
            return f"        {wait}self._call({', '.join(arguments)})"
        return f"        return cast({json.dumps(self.reply)}, {wait}self._call({', '.join(arguments)}))"


def qualified(kind: str) -> str:
    """Puts "m." before the names of models in a type."""
    known = {"List", "Dict", "Optional", "Union", "Any", "None", "str", "int", "float", "bool"}
    return re.sub(r"\b[A-Za-z_]\w*", lambda m: m[0] if m[0] in known else "m." + m[0], kind)


HEAD = '"""{what}\n\nGenerated from docs/openapi.json by scripts/gen_sdk.py; run `make gen` to write it again.\n"""\n\n'

MODELS_HEAD = HEAD + "from __future__ import annotations\n\nfrom typing import {names}\n\n\n"

OPERATIONS_HEAD = (
    HEAD
    + """from __future__ import annotations

from typing import {names}

from . import models as m
from .pages import AsyncPages, Pages
from .request import quoted

"""
)

BASE = '''
class {name}:
    """{doc}"""

    {coroutine}def _call(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
    ) -> Any:
        raise NotImplementedError

    def _pages(
        self,
        path: str,
        *,
        query: Mapping[str, Any],
        headers: Optional[Mapping[str, Optional[str]]] = None,
    ) -> {pages}[Any]:
        raise NotImplementedError

'''


def operations(document: Schema, models: Models) -> str:
    found = []
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            if isinstance(spec, dict) and "operationId" in spec and spec["operationId"] not in BY_HAND | LEFT_OUT:
                found.append(Operation(path, method, spec, models))
    found.sort(key=lambda o: o.name)
    text = ""
    for name, doc, coroutine, pages, asynchronous in (
        ("Operations", "One method per operation.", "", "Pages", False),
        ("AsyncOperations", "One coroutine per operation.", "async ", "AsyncPages", True),
    ):
        text += BASE.format(name=name, doc=doc, coroutine=coroutine, pages=pages)
        text += "\n".join(o.write(asynchronous) for o in found) + "\n"
    head = OPERATIONS_HEAD.format(
        what="The operations of the API whose bodies and replies are JSON.", names=typing_names(text)
    )
    return head + text.rstrip() + "\n"


def typing_names(text: str) -> str:
    """Returns those names of typing that a text has."""
    names = ("Any", "Dict", "List", "Mapping", "Optional", "TypedDict", "Union", "cast")
    return ", ".join(n for n in names if re.search(rf"\b{n}\b[\[(,:\])\n ]", text))


def main() -> None:
    document = json.loads(DOCUMENT.read_text())
    models = Models(document)
    methods = operations(document, models)
    shapes = models.all()
    written = {
        "models.py": MODELS_HEAD.format(what="The shapes of requests and replies.", names=typing_names(shapes))
        + shapes,
        "_operations.py": methods,
    }
    stale = []
    for name, text in written.items():
        file = PACKAGE / name
        if file.exists() and file.read_text() == text:
            continue
        stale.append(file.relative_to(ROOT))
        if "--check" not in sys.argv[1:]:
            file.write_text(text)
    if stale and "--check" in sys.argv[1:]:
        raise SystemExit(f"gen_sdk: out of date, run make gen: {', '.join(map(str, stale))}")


if __name__ == "__main__":
    main()
