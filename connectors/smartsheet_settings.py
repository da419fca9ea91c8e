"""The settings of a connection to Smartsheet, and its regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.http import checked_base_url

REGIONS: Mapping[str, str] = {
    "api.smartsheet.com": "the United States",
    "api.smartsheet.eu": "Europe",
    "api.smartsheet.au": "Australia",
    "api.smartsheetgov.com": "Smartsheet Gov",
}
"""A token of one is not valid in another: https://developers.smartsheet.com/api/smartsheet/guides/getting-started"""
VERSION = "/2.0"


class SmartsheetSettings(BaseModel):
    """One Smartsheet account, and an access token that it made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["smartsheet"] = "smartsheet"
    token: SecretStr = Field(
        description="access token, from Account > Personal Settings > API Access; valid in its region only"
    )
    base_url: str = Field(
        default="https://api.smartsheet.com/2.0",
        description=(
            "address of the API of the account's region: https://api.smartsheet.com/2.0, "
            "https://api.smartsheet.eu/2.0, https://api.smartsheet.au/2.0 or https://api.smartsheetgov.com/2.0"
        ),
    )
    page_size: int = Field(
        default=5000, ge=1, le=20_000, description="rows in one answer (a sheet has 20000 at most)"
    )
    listing_size: int = Field(
        default=100, ge=1, le=1000, description="sheets in one answer of the list of sheets"
    )
    fetch_batch: int = Field(default=200, ge=1, le=400, description="rows asked for by id in one request")
    history: bool = Field(
        default=False,
        description="read the history of the cells that tell status, dates and people; one cell costs as "
        "much of the rate limit as ten requests",
    )
    rate_share: float = Field(
        default=0.3, gt=0, le=1, description="the part of the token's rate limit that this connection may use"
    )

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        """The address without its version will do."""
        url = checked_base_url(value)
        return url if urlsplit(url).path else f"{url}{VERSION}"

    @field_validator("token")
    @classmethod
    def _copied_whole(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if not plain or not plain.isascii() or any(sign.isspace() for sign in plain):
            raise ValueError("must be the token as Smartsheet shows it; copy it again without spaces")
        return value


def region(base_url: str) -> str:
    """In words, for sentences."""
    host = urlsplit(base_url).hostname or base_url
    return REGIONS.get(host, host)


def site(base_url: str) -> str:
    """What every id of the connection is made with. Each region numbers its sheets by itself; anything that
    is no region's own host is taken for a way to the first one."""
    host = urlsplit(base_url).hostname or ""
    return host.removeprefix("api.") if host in REGIONS else "smartsheet.com"
