"""The settings of a connection to Trello."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.http import checked_base_url


class TrelloSettings(BaseModel):
    """One Trello account: an API key, and a token that its owner granted to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["trello"] = "trello"
    key: SecretStr = Field(
        description="API key, from the API Key tab of a Power-Up at trello.com/power-ups/admin"
    )
    token: SecretStr = Field(description="token with the scope read, made by the link beside the API key")
    secret: SecretStr | None = Field(
        default=None,
        description="secret from the same page, which signs what webhooks tell; needed for webhooks only",
    )
    base_url: str = Field(default="https://api.trello.com", description="address of Trello's API")
    page_size: int = Field(
        default=1000, ge=1, le=1000, description="cards or actions in one answer (Trello gives 1000 at most)"
    )
    history: bool = Field(
        default=True, description="read the actions of each board, for the history of its cards"
    )
    rate_share: float = Field(
        default=0.3, gt=0, le=1, description="the part of Trello's rate limit that this connection may use"
    )

    @field_validator("key", "token", "secret")
    @classmethod
    def _copied_whole(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9._-]+", value.get_secret_value()):
            raise ValueError("must be letters and digits, as Trello shows it; copy it again without spaces")
        return value

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        return checked_base_url(value)
