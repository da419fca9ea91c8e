"""What a process is called among those that share a database: where it runs, and which of them it is."""

from __future__ import annotations

import os
from secrets import token_hex
from socket import gethostname


def new_party() -> str:
    """The last part tells two that were given the same host and process number, one after the other."""
    return f"{gethostname()}:{os.getpid()}:{token_hex(4)}"


def host_and_pid(party: str) -> tuple[str, int]:
    host, pid, _ = party.rsplit(":", 2)
    return host, int(pid)


def in_words(party: str) -> str:
    host, pid = host_and_pid(party)
    return f"process {pid} on {host}"
