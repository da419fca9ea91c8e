"""Secrets come from the environment (``env:NAME``) or a file (``file:PATH``), never from ``tspmo.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, SecretStr

FORMS = '"env:NAME" or "file:PATH"'


class NoSecret(Exception):
    """A reference that leads to no secret. Tells what was expected and found, never a secret."""

    def __init__(self, expected: str, found: str, mend: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Vault:
    """Where references lead: relative paths start from the folder of ``tspmo.toml``."""

    folder: Path
    environ: Mapping[str, str]

    def open(self, reference: object) -> str:
        """The secret that a reference names. Raises NoSecret."""
        scheme, _, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
        if scheme == "env" and name:
            return self._from_environment(name)
        if scheme == "file" and name:
            return self._from_file(name)
        mend = "keep the secret in the environment or a file of its own, and name that here"
        raise NoSecret(FORMS, "something else, which is not shown here", mend)

    def _from_environment(self, name: str) -> str:
        secret = self.environ.get(name, "").strip()
        if not secret:
            mend = f"set it where tspmo is started: export {name}=…"
            raise NoSecret(f"the environment variable {name} to hold it", "it unset or empty", mend)
        return secret

    def _from_file(self, name: str) -> str:
        path = self.folder / Path(name).expanduser()
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            mend = "write the secret into it, readable by the user that runs tspmo"
            raise NoSecret(
                f"the file {path} to hold it", f"that it cannot be read ({reason})", mend
            ) from error
        if not secret:
            raise NoSecret(f"the file {path} to hold it", "it empty", "write the secret into it")
        return secret


def is_reference(text: str) -> bool:
    return text.startswith(("env:", "file:"))


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a settings model that hold secrets."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    )
