"""The settings of a connection to Jira Cloud."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.http import checked_base_url
from connectors.jira_filter import checked_filter


class JiraCloudSettings(BaseModel):
    """One Jira Cloud site, and an API token that an account of it made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["jira_cloud"] = "jira_cloud"
    base_url: str = Field(
        description="https://SITE.atlassian.net; for a token with scopes https://api.atlassian.com/ex/jira/CLOUDID"
    )
    email: str = Field(min_length=3, description="e-mail address of the account that made the token")
    token: SecretStr = Field(
        description="API token, from id.atlassian.com/manage-profile/security/api-tokens"
    )
    id_page_size: int = Field(
        default=5000, ge=1, le=5000, description="issue ids in one answer (Jira gives 5000 at most)"
    )
    body_batch: int = Field(
        default=100, ge=1, le=100, description="issues in one request for bodies (Jira takes 100 at most)"
    )
    changelog_batch: int = Field(
        default=1000,
        ge=1,
        le=1000,
        description="issues in one request for changelogs (Jira takes 1000 at most)",
    )
    parallel: int = Field(default=6, ge=1, le=20, description="requests in flight at a time")
    history: bool = Field(default=True, description="read the changelog of each issue")
    filter: str = Field(default="", description="condition in JQL on the issues to be read, without ORDER BY")
    rate_share: float = Field(
        default=0.3, gt=0, le=1, description="the part of the site's rate limit that this connection may use"
    )

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        """The address of a page of the site will do: the API stands at its root."""
        url = checked_base_url(value)
        parts = urlsplit(url)
        return (
            f"{parts.scheme}://{parts.netloc}" if (parts.hostname or "").endswith(".atlassian.net") else url
        )

    @field_validator("filter")
    @classmethod
    def _condition(cls, value: str) -> str:
        return checked_filter(value)

    @field_validator("email")
    @classmethod
    def _address(cls, value: str) -> str:
        if "@" not in value or ":" in value or value != value.strip():
            raise ValueError("must be the e-mail address with which the account logs in")
        return value

    @field_validator("token")
    @classmethod
    def _copied_whole(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value()
        if not plain or not plain.isascii() or any(sign.isspace() for sign in plain):
            raise ValueError("must be the token as Atlassian shows it; copy it again without spaces")
        return value
