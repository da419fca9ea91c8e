"""What a person read off the recorded Trello cards. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from normalizer.model import StatusCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``created`` and ``due`` are instants in ISO 8601; ``members`` are Trello's ids."""

    file: str
    id: str
    title: str
    status: StatusCategory
    created: str
    due: str | None = None
    members: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    archived: bool = False
    hold: str = "none"
    template: bool = False
    percent: str | None = None


EXPORT = "trello/board-humberto/trello-export.json"
TABLES = "trello/devlake/raw_tables"
VCR = "trello/ruby-trello-vcr/"
ADLIO = "trello/adlio/"
SOMEBODY = "5e679b808e6e8828784b30e1"
CHRISTMAS = "2020-12-22T01:59:00+00:00"


def _card(file: str, id: str, title: str, status: StatusCategory, created: str, **more: object) -> Fact:
    return Fact(file=file, id=id, title=title, status=status, created=created, **more)  # type: ignore[arg-type]


# Its three lists are called Personal, Lab and Drill: nobody could say which of them is done.
BOARD_EXPORT = (
    _card(EXPORT, "6785e16d09cc15bb17666cdf", "Lee", "unknown", "2025-01-14T04:00:45+00:00", percent="0.00"),
    _card(EXPORT, "678711762c0904d8a309eda2", "feng", "unknown", "2025-01-15T01:37:58+00:00", percent="0.00"),
    _card(EXPORT, "678721e6ac95634fd770d674", "Zafina", "unknown", "2025-01-15T02:48:06+00:00"),
    _card(EXPORT, "678721eb2ce22f0c878ac463", "Ling", "unknown", "2025-01-15T02:48:11+00:00", percent="0.00"),
    _card(EXPORT, "6787285f94aa233c7c75dd0c", "Drag", "unknown", "2025-01-15T03:15:43+00:00"),
    _card(EXPORT, "67872862d85c39b06b2fa628", "Lili", "unknown", "2025-01-15T03:15:46+00:00", percent="0.00"),
    _card(EXPORT, "687338a2de76792c6366e637", "Whiff drill", "unknown", "2025-07-13T04:40:02+00:00"),
    _card(EXPORT, "687338a95611c264e01601e5", "Advanced whiff drill", "unknown", "2025-07-13T04:40:09+00:00"),
    _card(
        EXPORT, "687338b88ea4875849e9fac4", "Advanced reaction drill", "unknown",
        "2025-07-13T04:40:24+00:00",
    ),
    _card(
        EXPORT, "68733e984401492a6ddbab94", "Zafina lab drills", "unknown", "2025-07-13T05:05:28+00:00",
        percent="0.00",
    ),
)  # fmt: skip

LAW, MARKETING = "2023-03-09T07:14:58+00:00", "2023-03-09T07:15:16+00:00"
AGILE, KANBAN = "2023-03-04T07:41:55+00:00", "2023-03-04T07:41:53+00:00"
"""Boards made of templates: all cards of one were born in one second."""
RAW_TABLES = (
    _card(
        TABLES, "64098772e6751c75dc0dc6f6", "[Company Name]", "unknown", LAW, template=True, percent="0.00"
    ),
    _card(TABLES, "64098772e6751c75dc0dc706", "Conn Group", "in_progress", LAW, labels=("purple", "blue")),
    _card(
        TABLES, "64098772e6751c75dc0dc702", "Tromp Group", "unknown", LAW, labels=("green",),
        hold="paused",
    ),
    _card(
        TABLES, "640987842d1ccfffebb3175c", "Review Tech partner pages", "done", MARKETING,
        labels=("Demand Marketing",),
    ),
    _card(
        TABLES, "640987842d1ccfffebb31764", "Going live with server deployment", "todo", MARKETING,
        labels=("Government", "Planning"),
    ),
    _card(TABLES, "640987842d1ccfffebb3177a", "Data Analytics podcast", "todo", MARKETING),
    _card(TABLES, "6402f643d23aa9af56b29000", "Users Management", "backlog", AGILE, percent="0.00"),
    _card(
        TABLES, "6402f643d23aa9af56b29002", "Tweet System", "in_progress", AGILE,
        due="2020-07-31T14:05:00+00:00", percent="50.00",
    ),
    _card(
        TABLES, "6402f643d23aa9af56b29001", "File Management", "unknown", AGILE,
        labels=("Flagged 🔴", "On Production Server 🔛", "Committed to Repo ⏫"), percent="66.67",
    ),
    _card(
        TABLES, "6402f643d23aa9af56b29004", "[Example Feature]", "in_progress", AGILE, labels=("Blocked 🔙",),
        hold="blocked", percent="0.00",
    ),
    _card(
        TABLES, "6402f643d23aa9af56b29005", "[Example Feature] 011", "done", AGILE,
        labels=("On Production Server 🔛", "Committed to Repo ⏫"), percent="0.00",
    ),
    _card(
        TABLES, "6402f6413ee115cc0084afe2", "[Example task]", "backlog", KANBAN,
        members=("6402b2c29c6e3811e534618d",),
    ),
    _card(
        TABLES, "6402f6413ee115cc0084afe6", "[Completed task]", "done", KANBAN,
        due="2020-01-23T20:00:00+00:00"
    ),
)  # fmt: skip

# Single answers do not tell the names of the lists, so that only a tick would say done.
CASSETTES = (
    _card(
        f"{VCR}can_get_cards_of_board.yml", "5e93c827fb102a6f40c5fa2b", "Test Trello::Card.create", "unknown",
        "2020-04-13T02:02:15+00:00", due=CHRISTMAS, members=(SOMEBODY,), labels=("green", "orange"),
    ),
    _card(
        f"{VCR}can_get_cards_of_board.yml", "5ec0e621fe539f18d8d81980", "Test Trello::Card.create 3",
        "unknown",
        "2020-05-17T07:22:09+00:00", due=CHRISTMAS,
    ),
    _card(
        f"{VCR}can_get_cards_of_list.yml", "5e94fd9443f25a7263b165d0", "Test Trello::Card.update!", "unknown",
        "2020-04-14T00:02:28+00:00", due=CHRISTMAS, members=(SOMEBODY,), labels=("orange",),
    ),
    _card(
        f"{VCR}can_get_cards_of_member.yml", "5e679be5d53dfa748f41d775", "test", "unknown",
        "2020-03-10T13:53:41+00:00", due="2020-04-26T12:56:00+00:00", members=(SOMEBODY,),
    ),
    _card(
        f"{VCR}can_get_cards_of_member.yml", "5e946acb3cc40322434c214e", "C2-changed", "unknown",
        "2020-04-13T13:36:11+00:00", members=(SOMEBODY,), percent="50.00",
    ),
    _card(
        f"{VCR}can_get_cards_of_member.yml", "5e7233b06b440f2b93a57b58", "Card1", "unknown",
        "2020-03-18T14:44:00+00:00", members=(SOMEBODY,),
    ),
    _card(
        f"{VCR}can_close_bong_a_card.yml", "5e95bab4e5c5a66526f74278", "C3", "unknown",
        "2020-04-14T13:29:24+00:00", archived=True,
    ),
    _card(
        f"{VCR}can_get_comments_card.yml", "5f4f98b06183211be96855cb", "Test Trello::Card.create", "unknown",
        "2020-09-02T13:05:52+00:00", members=(SOMEBODY,), labels=("green", "orange"),
    ),
    _card(
        f"{VCR}can_arvhice_all_cards_of_list.yml", "5f52620aab47fb458184a02b", "test 2", "unknown",
        "2020-09-04T15:49:30+00:00",
    ),
    _card(
        f"{VCR}can_remove_label_on_a_card.yml", "5e95d1b4f43f9a06497f17f7", "C2", "unknown",
        "2020-04-14T15:07:32+00:00", labels=("orange",),
    ),
)  # fmt: skip

EXAMPLES = f"{ADLIO}cards/board-cards-api-example.json"
ANSWERS = (
    _card(
        EXAMPLES, "4eea503791e31d1746000080", "Finish my awesome application", "unknown",
        "2011-12-15T19:53:27+00:00",
    ),
    _card(
        EXAMPLES, "4eea522c91e31d174600027e", "Figure out how to read a user's board list", "unknown",
        "2011-12-15T20:01:48+00:00",
    ),
    _card(
        EXAMPLES, "4eea501f91e31d1746000062", "Get a key to use in my API requests", "unknown",
        "2011-12-15T19:53:03+00:00",
    ),
    _card(
        EXAMPLES, "4eea502b91e31d1746000071", "Find out where the Trello API documentation is", "unknown",
        "2011-12-15T19:53:15+00:00",
    ),
    _card(
        f"{ADLIO}cards/57f4355472c5b142db8b5e45.json", "57f4355472c5b142db8b5e45",
        "NYRA: Aqueduct Search Page",
        "unknown", "2016-10-04T23:03:48+00:00",
    ),
    _card(
        f"{ADLIO}cards/card-archived.json", "4eea503d91e31d174600008f", "Learn about the Trello API",
        "unknown",
        "2011-12-15T19:53:33+00:00", archived=True,
    ),
    _card(
        f"{ADLIO}cards/card-copied.json", "57f51bfdf89aa46423770980", "Copied Card Source", "unknown",
        "2016-10-05T15:27:57+00:00",
    ),
    _card(
        f"{ADLIO}cards/card-create.json", "57f5183c691585658d408681", "Test Card Create", "unknown",
        "2016-10-05T15:11:56+00:00", labels=("Overdue", "Complete"),
    ),
    _card(
        f"{ADLIO}cards/card-posted-to-bottom-of-list.json", "57f5118667db8839dab68698",
        "Test Card POSTed to list", "unknown", "2016-10-05T14:43:18+00:00", labels=("Overdue", "Complete"),
    ),
    _card(
        f"{ADLIO}search/cards-api-example-response.json", "56cc92e6f02dd40d6286ceec", "Test Matrix",
        "unknown",
        "2016-02-23T17:12:06+00:00", members=("4f0cd07715106eb40413341a",),
    ),
)  # fmt: skip

FACTS = (*BOARD_EXPORT, *RAW_TABLES, *CASSETTES, *ANSWERS)
