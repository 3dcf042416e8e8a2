"""Where the server, the key and the schema come from: arguments, then the environment, then a profile."""

from __future__ import annotations

import configparser
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Optional

from .errors import ThalwegError


class SettingsError(ThalwegError):
    """A setting is missing or wrong."""


@dataclass
class Settings:
    """What a push needs. The key is not part of its repr."""

    server: str
    schema: str
    key: Optional[str] = field(default=None, repr=False)
    warnings: List[str] = field(default_factory=list)


def config_file(environ: Mapping[str, str]) -> Path:
    """Returns the path of the file with the profiles."""
    if given := environ.get("THALWEG_PROFILES"):
        return Path(given)
    if sys.platform == "win32":
        return Path(environ.get("APPDATA", "~")).expanduser() / "thalweg" / "profiles.ini"
    home = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "thalweg" / "profiles.ini"


def read_profile(name: str, environ: Mapping[str, str], warnings: List[str]) -> Dict[str, str]:
    """Returns the settings of a profile; none without a file. Raises SettingsError for a name that is not in it."""
    path = config_file(environ)
    file = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        with path.open(encoding="utf-8") as f:
            file.read_file(f)
    except FileNotFoundError:
        if name != "default":
            raise SettingsError(f"there is no file {path} for the profile {name!r}") from None
        return {}
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(f"{path} cannot be read: {e}") from None
    except configparser.Error as e:
        # The message of the parser may quote a line, which may be the key.
        line = getattr(e, "lineno", None) or (getattr(e, "errors", None) or [(0, "")])[0][0]
        raise SettingsError(f"{path}, line {line}: not a line of a profile, such as server = https://…") from None
    if name not in file:
        if name == "default":
            return {}
        known = ", ".join(file.sections()) or "none"
        raise SettingsError(f"{path} has no profile {name!r}; it has: {known}")
    found = dict(file[name])
    unknown = sorted(set(found) - {"server", "key", "schema"})
    if unknown:
        raise SettingsError(f"{path}: [{name}] has {', '.join(unknown)}; a profile has server, key and schema")
    if "key" in found and sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        warnings.append(f"others than you may read {path}, which has a key: chmod 600 {path}")
    return found


def settings(
    *,
    server: Optional[str] = None,
    key: Optional[str] = None,
    schema: Optional[str] = None,
    profile: Optional[str] = None,
    environ: Optional[Mapping[str, str]] = None,
) -> Settings:
    """Returns the settings in force. Raises SettingsError with what is missing and how to give it."""
    environ = os.environ if environ is None else environ
    warnings: List[str] = []
    filed = read_profile(profile or environ.get("THALWEG_PROFILE") or "default", environ, warnings)
    server = server or environ.get("THALWEG_SERVER") or filed.get("server")
    schema = schema or environ.get("THALWEG_SCHEMA") or filed.get("schema")
    key = key or environ.get("THALWEG_KEY") or filed.get("key")
    if not server:
        raise SettingsError("which server? Give --server or set THALWEG_SERVER, such as https://catalog.example.com")
    if not schema:
        raise SettingsError("which schema? Give --schema or set THALWEG_SCHEMA, such as SCH-101")
    return Settings(server, schema, key, warnings)
