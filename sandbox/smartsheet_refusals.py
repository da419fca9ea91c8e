"""Smartsheet's refusals: a status, a code that says more than the status, and a sentence.

https://developers.smartsheet.com/api/smartsheet/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

NO_TOKEN, BAD_TOKEN, EXPIRED, FORBIDDEN, NOT_FOUND = 1001, 1002, 1003, 1004, 1006
BAD_BODY, NO_METHOD, MISSING, PLAN, BAD_VALUE = 1008, 1010, 1012, 1013, 1018
NO_USER, BAD_ASSUMED, BAD_COLUMN, NO_SCOPE, HTTPS_ONLY = 1020, 1030, 1036, 1151, 1152
SHEET_DISABLED, MAINTENANCE, SLOW, TOO_MANY, COLLISION = 1288, 4001, 4002, 4003, 4004

REFUSALS: Mapping[int, tuple[int, str]] = MappingProxyType(
    {
        NO_TOKEN: (401, "An Access Token is required."),
        BAD_TOKEN: (401, "Your Access Token is invalid."),
        EXPIRED: (401, "Your Access Token has expired."),
        FORBIDDEN: (403, "You are not authorized to perform this action."),
        NOT_FOUND: (404, "Not Found"),
        BAD_BODY: (400, "Unable to parse request. The following error occurred: {0}"),
        NO_METHOD: (405, "HTTP Method not supported."),
        MISSING: (400, "Required object attribute(s) are missing from your request: {0}."),
        PLAN: (403, "The operation you are attempting to perform is not supported by your plan."),
        BAD_VALUE: (400, "The value {0} was not valid for the parameter {1}."),
        NO_USER: (404, "User not found."),
        BAD_ASSUMED: (401, "You are unable to assume the user specified."),
        BAD_COLUMN: (400, "The columnId {0} is invalid."),
        NO_SCOPE: (404, "The scope object of the webhook was not found."),
        HTTPS_ONLY: (400, "The callbackUrl of a webhook must use https."),
        SHEET_DISABLED: (403, "An administrator has disabled access to this sheet."),
        MAINTENANCE: (503, "Smartsheet.com is currently offline for system maintenance."),
        SLOW: (500, "Server timeout exceeded. Request has failed."),
        TOO_MANY: (429, "Rate limit exceeded."),
        COLLISION: (500, "An unexpected error has occurred. Please retry your request."),
    }
)


class Refused(Exception):
    """An answer that is not 200, by its code."""

    def __init__(self, code: int, *values: object) -> None:
        super().__init__(code, *values)
        self.code = code
        self.status, told = REFUSALS[code]
        self.message = told.format(*values)

    def body(self, where: str) -> dict[str, Any]:
        """``refId`` is of this occurrence; here of what was asked."""
        number = int(sha256(f"{self.code} {where}".encode()).hexdigest()[:16], 16)
        return {"refId": _base36(number)[:12], "errorCode": self.code, "message": self.message}


def fault(code: int, *values: object) -> Mapping[str, Any]:
    """What ``Sandbox.fail_next`` takes to answer as Smartsheet does with that code."""
    refused = Refused(code, *values)
    return {"status": refused.status, "body": refused.body("planned")}


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return digits
