"""The settings of a connection to Asana."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.http import checked_base_url


class AsanaSettings(BaseModel):
    """One Asana account, and a personal access token that it made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["asana"] = "asana"
    token: SecretStr = Field(
        description="personal access token, from app.asana.com/0/my-apps, or that of a service account"
    )
    base_url: str = Field(default="https://app.asana.com/api/1.0", description="address of Asana's API")
    workspace: str | None = Field(
        default=None, description="gid of the only workspace or organisation to read; all of them without it"
    )
    page_size: int = Field(
        default=100, ge=1, le=100, description="entries in one answer (Asana gives 100 at most)"
    )
    parallel: int = Field(
        default=10, ge=1, le=30, description="requests in flight at a time (Asana takes 50)"
    )
    history: bool = Field(
        default=True,
        description="read the stories of each task, for its history; each task counts as one request more",
    )
    requests_per_minute: int = Field(
        default=1500, ge=1, description="what Asana allows: 1500 on a paid plan, 150 on the free one"
    )
    rate_share: float = Field(
        default=0.3, gt=0, le=1, description="the part of that rate which this connection may use"
    )

    @field_validator("token")
    @classmethod
    def _copied_whole(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if not plain or not plain.isascii() or any(sign.isspace() for sign in plain):
            raise ValueError("must be the token as Asana shows it; copy it again without spaces")
        return value

    @field_validator("workspace")
    @classmethod
    def _gid(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[0-9]+", value):
            raise ValueError("must be a gid: the digits that /workspaces answers, not a name")
        return value

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        return checked_base_url(value)
