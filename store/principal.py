"""Who asks. Every read takes a principal, and a scope's ``sharing`` decides what it may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "lead", "pmo", "admin"]
Sharing = Literal["team_only", "pmo", "organisation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """``person`` is a person's id, ``team`` the name of the team whose own scopes are always seen."""

    role: Role
    person: str | None = None
    team: str | None = None
    name: str = ""


LOCAL = Principal(role="admin", name="local")
"""Whoever sits at the machine: the caller on loopback while no key exists."""
