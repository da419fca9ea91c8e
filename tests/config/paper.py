"""A tracker made of paper: settings with a secret and an address, and a connector that nobody calls."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from config.load import parse
from config.problems import SettingsError
from config.settings import Settings
from connectors.base import Capabilities, Connector
from connectors.http import checked_base_url
from connectors.registry import Tracker

FOLDER = Path("/somewhere")


class PaperSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["paper"] = "paper"
    token: SecretStr = Field(description="the token from the drawer", min_length=3)
    owner: str = Field(description="who holds the drawer")
    base_url: str = "https://paper.example"
    sheets: int = Field(10, ge=1, le=50)

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        return checked_base_url(value)


def connect(*_args: Any, **_kwargs: Any) -> Connector:
    raise AssertionError("settings alone never connect")


PAPER = Tracker(
    "paper",
    PaperSettings,
    connect,
    Capabilities(tracker="paper", title="Paper", system="paper", history="none", deletions=""),
)
CONNECTION = """
[connections.desk]
tracker = "paper"
owner = "Ada"
token = "env:PAPER_TOKEN"
"""
ENVIRON = {"PAPER_TOKEN": "s3cret-value"}


def read(text: str, environ: Mapping[str, str] = ENVIRON, folder: Path = FOLDER) -> Settings:
    return parse(tomllib.loads(text), folder / "tspmo.toml", environ, {"paper": PAPER})


def complaints(text: str, environ: Mapping[str, str] = ENVIRON, folder: Path = FOLDER) -> list[str]:
    """The sentences that a configuration is refused with; none when it is fine."""
    try:
        read(text, environ, folder)
    except SettingsError as error:
        return list(error.sentences)
    return []
