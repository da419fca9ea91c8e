"""JQL as a row of tokens, with the vendor's complaints about text that cannot be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["quoted", "symbol", "word", "end"]

_RESERVED_WORDS = """
abort access add after alias all alter and any as asc audit avg before begin between boolean break by byte
catch cf changed char character check checkpoint collate collation column commit connect continue count
create current date decimal declare decrement default defaults define delete delimiter desc difference
distinct divide do double drop else empty encoding end equals escape exclusive exec execute exists explain
false fetch file field first float for from function go goto grant greater group having identified if
immediate in increment index initial inner inout input insert int integer intersect intersection into is
isempty isnull join last left less like limit lock long max min minus mode modify modulo more multiply next
noaudit not notin nowait null number object of on option or order outer output power previous prior
privileges public raise raw remainder rename resource return returns revoke right row rowid rownum rows
select session set share size sqrt start strict string subtract sum synonym table then to trans transaction
trigger true uid union unique update user validate values view when whenever where while with
"""
"""Words that must stand in quotes, a project's key too: its key may well be IF."""
_RESERVED = frozenset(_RESERVED_WORDS.split())
_KINDS: tuple[Kind, ...] = ("quoted", "symbol", "word")
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<symbol><=|>=|!=|!~|[=<>~(),])"""
    r"""|(?P<word>(?:[^\s"'=<>~!(),\\]|\\.)+))"""
)
_ESCAPE = re.compile(r"\\(.)")


class JqlError(Exception):
    """The vendor's 400: its arguments are the sentences that ``errorMessages`` carries."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.text in symbols

    def meaning(self) -> str:
        """The text that a word or a quoted string stands for; a reserved word stands for none."""
        if self.kind == "quoted":
            return _ESCAPE.sub(r"\1", self.text[1:-1])
        if self.text.lower() in _RESERVED:
            raise JqlError(
                f"Error in the JQL Query: '{self.text}' is a reserved JQL word. You must surround it in "
                f"quotation marks to use it in a query. {place(self)}"
            )
        return _ESCAPE.sub(r"\1", self.text)


def tokens(text: str) -> list[Token]:
    found_so_far: list[Token] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, len(text) - len(text[at:].lstrip()))
        kind = next(kind for kind in _KINDS if found[kind] is not None)
        found_so_far.append(Token(kind, found[kind], found.start(kind)))
        at = found.end()
    return [*found_so_far, Token("end", "", len(text))]


def _unreadable(text: str, at: int) -> JqlError:
    rest = text[at:]
    where = place(Token("end", rest, at))
    if rest[0] in "\"'":
        return JqlError(
            f"Error in the JQL Query: The quoted string '{rest[1:]}' has not been completed. {where}"
        )
    return JqlError(
        f"Error in the JQL Query: The character '{rest[0]}' is a reserved JQL character. You must enclose it "
        f"in a string or use the escape '\\u{ord(rest[0]):04x}' instead. {where}"
    )


def place(token: Token) -> str:
    return f"(line 1, character {token.at + 1})"
