"""How posts were carried further: edits adapt, links between posts cite, votes whose voter is named endorse."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from service.exchange.rows import Row, Unread, Unreadable
from service.exchange.stackexchange.dump import ACCEPTED, Dump
from service.exchange.stackexchange.fields import day_or_instant, instant, number, optional_number, written
from service.exchange.stackexchange.index import Post
from service.exchange.stackexchange.xml import Record, records

_DUPLICATE: Final = 3
_ENDORSING: Final = {2: "vote", 5: "favourite", 8: "bounty", 9: "bounty"}
_VOTES: Final = {
    1: "acceptances",
    2: "up",
    3: "down",
    4: "offensive",
    5: "favourite",
    6: "close",
    7: "reopen",
    8: "bounty started",
    9: "bounty awarded",
    10: "deletion",
    11: "undeletion",
    12: "spam",
    15: "moderator review",
    16: "edit approved",
}


class _Act(NamedTuple):
    name: str
    kind: str
    channel: str
    by: int
    at: datetime


def edit(dump: Dump, record: Record, post: Post) -> Iterator[Row]:
    """A post's last edit, where somebody else made it; a dump's Posts.xml knows of no earlier ones."""
    fields = record.fields
    if not fields.get("LastEditDate"):
        return
    when, editor = instant(fields, "LastEditDate"), optional_number(fields, "LastEditorUserId")
    if editor is None or not dump.index.is_person(editor):
        dump.counted["edits by nobody on record"] += 1
    elif editor == post.owner:
        dump.counted["edits of one's own post"] += 1
    elif when < post.created:
        raise Unreadable("its LastEditDate is before its CreationDate: the edit is left out")
    else:
        name = f"edit-{post.id}-{when:%Y%m%dT%H%M%S}"  # with its time: a later dump may hold a later edit beside it
        yield _carried(dump, record, _Act(name, "adapt", "edit", editor, when), post)


def links(dump: Dump) -> Iterator[Row | Unread]:
    """A link is a citation by whoever wrote in the linking thread at the moment of the link.

    The record itself names nobody: the link may stand in the question, an answer, an edit or a comment. Where nobody on
    record wrote within a second of it (an earlier edit, a closing as duplicate) it is left out rather than guessed.
    """
    if "PostLinks" not in dump.files:
        return
    for record in records(dump.files["PostLinks"], "postlinks", dump.advance):
        try:
            yield from _link(dump, record)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def _link(dump: Dump, record: Record) -> Iterator[Row]:
    fields = record.fields
    when, cited = instant(fields, "CreationDate"), _post(dump, record, "RelatedPostId")
    _post(dump, record, "PostId")
    author = dump.index.author_of_link(number(fields, "Id"))
    if author is None:
        raise Unreadable("nobody on record wrote in that thread at that moment, so it is not known whose link it is")
    by, channel = author
    if number(fields, "LinkTypeId") == _DUPLICATE:
        channel = "duplicate"
    if by == cited.owner:
        dump.counted["links to one's own post"] += 1
    elif when < cited.created:
        raise Unreadable(f"it is older than post {cited.id}, to which it leads")
    else:
        yield _carried(dump, record, _Act(f"link-{number(fields, 'Id')}", "cite", channel, by, when), cited)


def votes(dump: Dump) -> Iterator[Row | Unread]:
    """A vote for something by a named voter endorses it; votes without a voter are counted and never become ties."""
    if "Votes" not in dump.files:
        return
    for record in records(dump.files["Votes"], "votes", dump.advance):
        try:
            yield from _vote(dump, record)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def _vote(dump: Dump, record: Record) -> Iterator[Row]:
    fields = record.fields
    kind, voter = number(fields, "VoteTypeId"), optional_number(fields, "UserId")
    name = _VOTES.get(kind, f"of type {kind}")
    if kind == ACCEPTED:
        dump.counted["votes that accept (read with the answer)"] += 1
    elif voter is None:
        dump.counted[f"votes without a voter: {name}"] += 1
    elif kind not in _ENDORSING:
        dump.counted[f"votes that endorse nothing: {name}"] += 1
    elif not dump.index.is_person(voter):
        dump.counted[f"votes by somebody whose account is gone: {name}"] += 1
    else:
        post, when = _post(dump, record, "PostId"), day_or_instant(fields, "CreationDate")
        if voter == post.owner:
            dump.counted[f"votes for one's own post: {name}"] += 1
        elif when < post.created:
            raise Unreadable(f"it was cast before post {post.id} was written")
        else:
            act = _Act(f"vote-{number(fields, 'Id')}", "endorse", _ENDORSING[kind], voter, when)
            yield _carried(dump, record, act, post)


def _post(dump: Dump, record: Record, field: str) -> Post:
    post = dump.index.post(number(record.fields, field))
    if post is None or dump.subject(post) is None:
        raise Unreadable(f"post {record.fields[field]} ({field}) was not read")
    return post


def _carried(dump: Dump, record: Record, act: _Act, post: Post) -> Row:
    body: dict[str, object] = {
        "type": "Amplification",
        "id": f"{dump.site.source}/{act.name}",
        "kind": act.kind,
        "channel": act.channel,
        "byId": dump.person(act.by),
        "ofId": dump.subject(post),
        "at": written(act.at),
    }
    return Row(body, record.origin)
