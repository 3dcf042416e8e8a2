#!/usr/bin/env python3
"""Writes a wheel of thalweg-server, the Python package that carries the binary. It needs Python alone.

    scripts/wheel.py --binary dist/thalweg --version v1.2.3 --os linux --arch amd64 --out dist

The same binary and version give the same bytes, whatever the time and place.
"""

import argparse
import base64
import hashlib
import pathlib
import re
import stat
import sys
import zipfile

# A static binary needs no library: it runs with glibc and musl alike. Go 1.26 needs macOS 12.
PLATFORMS = {
    ("linux", "amd64"): "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    ("linux", "arm64"): "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    ("darwin", "amd64"): "macosx_12_0_x86_64",
    ("darwin", "arm64"): "macosx_12_0_arm64",
    ("windows", "amd64"): "win_amd64",
    ("windows", "arm64"): "win_arm64",
}
# The first bytes of programs, so that no other file is packed by mistake.
MAGIC = {"linux": b"\x7fELF", "darwin": b"\xcf\xfa\xed\xfe", "windows": b"MZ"}
ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "sdk" / "server"


def python_version(version: str) -> str:
    """A version of ours as PEP 440 writes it: v1.2.3-rc.1 is 1.2.3rc1, and what is no release is a development one."""
    version = version.removeprefix("v")
    if re.fullmatch(r"\d+\.\d+\.\d+", version):
        return version
    if candidate := re.fullmatch(r"(\d+\.\d+\.\d+)-(?:(alpha)|(beta)|rc)\.?(\d+)", version):
        kind = "a" if candidate[2] else "b" if candidate[3] else "rc"
        return f"{candidate[1]}{kind}{candidate[4]}"
    found = re.match(r"\d+\.\d+\.\d+", version)
    local = re.sub(r"[^a-z0-9]+", ".", version[found.end() if found else 0 :].lower()).strip(".")
    return f"{found[0] if found else '0.0.0'}.dev0" + (f"+{local}" if local else "")


def metadata(version: str) -> str:
    return f"""Metadata-Version: 2.4
Name: thalweg-server
Version: {version}
Summary: Thalweg, a self-hosted data catalog for dbt, as one binary
Project-URL: Homepage, https://github.com/thalweg-data/thalweg
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Go
Description-Content-Type: text/markdown

{(SOURCE / "README.md").read_text(encoding="utf-8")}"""


class Wheel:
    """A wheel as it is written."""

    def __init__(self, path: pathlib.Path) -> None:
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.record: list[str] = []

    def add(self, name: str, content: bytes, executable: bool = False) -> None:
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # so that the mode is read on every system
        entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
        self.archive.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}")

    def close(self, info: str) -> None:
        lines = "\n".join([*self.record, f"{info}/RECORD,,", ""])
        self.add(f"{info}/RECORD", lines.encode())
        self.archive.close()


def write(binary: pathlib.Path, version: str, system: str, machine: str, out: pathlib.Path) -> pathlib.Path:
    content = binary.read_bytes()
    if not content.startswith(MAGIC[system]):
        sys.exit(f"wheel: {binary} is not a program of {system}")
    version, platform = python_version(version), PLATFORMS[system, machine]
    info, tags = f"thalweg_server-{version}.dist-info", platform.split(".")
    path = out / f"thalweg_server-{version}-py3-none-{platform}.whl"
    out.mkdir(parents=True, exist_ok=True)
    wheel = Wheel(path)
    package = SOURCE / "src" / "thalweg_server"
    for file in sorted(f for f in package.iterdir() if f.suffix in {".py", ".typed"}):
        wheel.add(f"thalweg_server/{file.name}", file.read_bytes())
    name = "thalweg.exe" if system == "windows" else "thalweg"
    wheel.add(f"thalweg_server-{version}.data/scripts/{name}", content, executable=True)
    wheel.add(f"{info}/METADATA", metadata(version).encode())
    wheel.add(f"{info}/licenses/LICENSE", (ROOT / "LICENSE").read_bytes())
    wheel.add(f"{info}/entry_points.txt", b"[console_scripts]\nthalweg-server = thalweg_server.__main__:main\n")
    described = ["Wheel-Version: 1.0", "Generator: thalweg", "Root-Is-Purelib: false"]
    wheel.add(f"{info}/WHEEL", "\n".join([*described, *(f"Tag: py3-none-{tag}" for tag in tags), ""]).encode())
    wheel.close(info)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a wheel of thalweg-server.")
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--version", required=True, help="v1.2.3, or what git describe prints")
    parser.add_argument("--os", required=True, choices=sorted({system for system, _ in PLATFORMS}))
    parser.add_argument("--arch", required=True, choices=sorted({machine for _, machine in PLATFORMS}))
    parser.add_argument("--out", required=True, type=pathlib.Path)
    given = parser.parse_args()
    print(write(given.binary, given.version, given.os, given.arch, given.out))


if __name__ == "__main__":
    main()
