"""The settings of a connection to Jira Data Center."""

from __future__ import annotations

import re
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.http import checked_base_url
from connectors.jira_filter import checked_filter

_PAGE = re.compile(r"/(secure|browse|projects|rest|plugins|servlet|issues|login\.jsp)(/.*)?$")


class JiraDcSettings(BaseModel):
    """One Jira Data Center, and a personal access token, or a user name and password, of an account of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["jira_dc"] = "jira_dc"
    base_url: str = Field(
        description="address of Jira with its context path, if it has one: https://jira.example.com/jira"
    )
    token: SecretStr | None = Field(
        default=None,
        description="personal access token, from Profile > Personal Access Tokens in Jira (8.14 and later)",
    )
    username: str | None = Field(
        default=None, description="login name, used with the password where there is no token"
    )
    password: SecretStr | None = Field(
        default=None, description="password; Jira 11 accepts none unless its administrator allows that"
    )
    page_size: int = Field(
        default=1000,
        ge=1,
        le=1000,
        description="issues in one answer; Jira may give fewer than are asked for",
    )
    parallel: int = Field(default=4, ge=1, le=10, description="requests in flight at a time")
    history: bool = Field(default=True, description="read the changelog of each issue")
    filter: str = Field(
        default="", description="JQL without ORDER BY: of each project only the issues that it finds are read"
    )
    requests_per_second: int = Field(
        default=10, ge=1, le=100, description="the most requests in a second, where Jira tells no rate limit"
    )
    rate_share: float = Field(
        default=0.3, gt=0, le=1, description="the part of the account's rate limit, where Jira tells it"
    )

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        """The address of a page will do; what stands before it is the context path."""
        url = checked_base_url(value)
        if (urlsplit(url).hostname or "").endswith(".atlassian.net"):
            raise ValueError('is a site of Jira Cloud; use tracker = "jira_cloud" for it')
        return _PAGE.sub("", url)

    @field_validator("filter")
    @classmethod
    def _conditions(cls, value: str) -> str:
        return checked_filter(value)

    @field_validator("token")
    @classmethod
    def _copied_whole(cls, value: SecretStr | None) -> SecretStr | None:
        plain = "none" if value is None else value.get_secret_value()
        if not plain or not plain.isascii() or any(sign.isspace() for sign in plain):
            raise ValueError("must be the token as Jira shows it; copy it again without spaces")
        return value

    @field_validator("username")
    @classmethod
    def _login_name(cls, value: str | None) -> str | None:
        if value is not None and (not value or ":" in value or value != value.strip()):
            raise ValueError("must be the name with which the account logs in")
        return value

    @model_validator(mode="after")
    def _some_credentials(self) -> Self:
        if self.token is None and (self.username is None or self.password is None):
            raise ValueError("needs a token, or both username and password")
        return self
