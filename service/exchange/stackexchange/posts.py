"""What was written: questions as stories, answers as contributions and as knowledge, comments as feedback."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

from service.exchange.rows import Row, Unread, Unreadable
from service.exchange.stackexchange.carried import edit
from service.exchange.stackexchange.dump import Dump, known_post
from service.exchange.stackexchange.fields import instant, number, optional_number, tags, text, written
from service.exchange.stackexchange.index import ANSWER, QUESTION, Post
from service.exchange.stackexchange.xml import Record, records
from service.model.texts import TextFormat, as_text

_WIKIS: Final = {4: "tag wiki excerpts", 5: "tag wikis"}
_LONGEST_INSIGHT: Final = 1_000
_SHORTEST_INSIGHT: Final = 80
"""Characters: many an answer opens with "No." or a headline."""


def questions(dump: Dump) -> Iterator[Row | Unread]:
    """A question is a problem that somebody met: a story, and the conversation that it starts."""
    for record in records(dump.files["Posts"], "posts", dump.advance):
        if _is_answer(record):
            continue
        try:
            post = known_post(dump, record.fields)
            if post.kind == QUESTION:
                yield from _question(dump, record, post)
                yield from edit(dump, record, post)
            else:
                dump.counted[_WIKIS.get(post.kind, f"posts of another type ({post.kind})")] += 1
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def answers(dump: Dump) -> Iterator[Row | Unread]:
    """An answer is a contribution that brings out what its author knows; an accepted one, knowledge that was tried."""
    for record in records(dump.files["Posts"], "posts", dump.advance):
        if not _is_answer(record):
            continue
        try:
            answer = known_post(dump, record.fields)
            yield from _answer(dump, record, answer)
            yield from edit(dump, record, answer)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def comments(dump: Dump) -> Iterator[Row | Unread]:
    """A comment is feedback to whoever wrote the post; one on one's own post is kept, addressed to nobody."""
    if "Comments" not in dump.files:
        return
    for record in records(dump.files["Comments"], "comments", dump.advance):
        try:
            yield _comment(dump, record)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def _is_answer(record: Record) -> bool:
    return record.fields.get("PostTypeId", "").strip() == str(ANSWER)


def _question(dump: Dump, record: Record, post: Post) -> Iterator[Row]:
    story = dump.reference("question", post.id)
    shared: dict[str, object] = {
        "title": post.title,
        "at": written(post.created),
        "aboutIds": _topics(dump, post),
    }
    told: dict[str, object] = {
        "kind": "problem",
        "content": record.fields["Body"],
        "format": "html",
        "language": dump.site.language,
    }
    teller = {"tellerId": dump.person(post.owner)} if post.owner else {}
    yield Row({"type": "Story", "id": story} | shared | told | teller, record.origin)
    conversation = {"type": "Conversation", "id": dump.reference("conversation", post.id), "startedById": story}
    yield Row(conversation | shared, record.origin)


def _answer(dump: Dump, record: Record, answer: Post) -> Iterator[Row | Unread]:
    question = dump.index.post(answer.question)
    if question is None or question.kind != QUESTION:
        raise Unreadable(f"its question {answer.question} is not in the dump")
    if answer.owner is None:
        raise Unreadable("its author's account is gone, and a contribution needs somebody who made it")
    if answer.created < question.created:
        dump.counted["answers older than the question that they were moved to (kept)"] += 1
    person, contribution = dump.person(answer.owner), dump.reference("answer", answer.id)
    written_at = written(answer.created)
    said: dict[str, object] = {
        "type": "Contribution",
        "id": contribution,
        "content": record.fields["Body"],
        "format": "html",
        "ordinal": dump.index.place(answer),
        "personId": person,
        "conversationId": dump.reference("conversation", question.id),
        "repliesToId": dump.reference("question", question.id),
        "at": written_at,
    }
    yield Row(said, record.origin)
    insight = dump.reference("insight", answer.id)
    known: dict[str, object] = {
        "type": "TacitInsight",
        "id": insight,
        "content": _gist(record.fields["Body"]),
        "format": "html",
        "heldById": person,
        "aboutIds": _topics(dump, question),
        "at": written_at,
    }
    yield Row(known, record.origin)
    surfaced: dict[str, object] = {
        "type": "Surfacing",
        "id": dump.reference("surfacing", answer.id),
        "fromId": contribution,
        "revealedId": insight,
        "byId": person,
        "at": written_at,
    }
    yield Row(surfaced, record.origin)
    if question.accepted == answer.id:
        yield from _accepted(dump, record, answer, question)


def _accepted(dump: Dump, record: Record, answer: Post, question: Post) -> Iterator[Row | Unread]:
    """What was tried and worked, explicit since the day of acceptance, and taken up by the one who asked."""
    day = dump.index.accepted_at(answer.id)
    if day is None:
        yield Unread(record.origin, "it was accepted, and no vote says when: dated like the answer, adopted by nobody")
    elif day < answer.created:
        why = f"it was accepted on {day:%Y-%m-%d}, before it was written: dated like the answer, adopted by nobody"
        yield Unread(record.origin, why)
        day = None
    yield from _knowledge(dump, record, answer, question, day or answer.created)
    if day is None:
        return
    if question.owner is None:
        dump.counted["acceptances by somebody whose account is gone"] += 1
    elif question.owner == answer.owner:
        dump.counted["acceptances of one's own answer"] += 1
    else:
        adopted: dict[str, object] = {
            "type": "Amplification",
            "id": dump.reference("acceptance", answer.id),
            "kind": "adopt",
            "channel": "acceptance",
            "byId": dump.person(question.owner),
            "ofId": dump.reference("knowledge", answer.id),
            "at": written(day),
        }
        yield Row(adopted, record.origin)


def _knowledge(dump: Dump, record: Record, answer: Post, question: Post, day: datetime) -> Iterator[Row]:
    knowledge: dict[str, object] = {
        "type": "ExplicitKnowledge",
        "id": dump.reference("knowledge", answer.id),
        "title": question.title,
        "content": record.fields["Body"],
        "format": "html",
        "aboutIds": _topics(dump, question),
        "at": written(day),
    }
    yield Row(knowledge, record.origin)
    derived: dict[str, object] = {
        "type": "Derivation",
        "id": dump.reference("derivation", answer.id),
        "mode": "externalisation",
        "usedIds": [dump.reference("insight", answer.id)],
        "madeId": knowledge["id"],
        "byIds": [dump.person(answer.owner)] if answer.owner else [],
        "withinId": dump.reference("site", "community"),
        "at": written(day),
    }
    yield Row(derived, record.origin)


def _comment(dump: Dump, record: Record) -> Row:
    fields = record.fields
    comment, words, when = number(fields, "Id"), text(fields, "Text"), instant(fields, "CreationDate")
    author = optional_number(fields, "UserId")
    post = dump.index.post(number(fields, "PostId"))
    subject = dump.subject(post) if post else None
    if post is None or subject is None:
        raise Unreadable(f"post {fields['PostId']}, which it is about, was not read")
    if author is None or not dump.index.is_person(author):
        raise Unreadable("its author's account is gone, and feedback needs somebody who gave it")
    body: dict[str, object] = {
        "type": "Feedback",
        "id": dump.reference("comment", comment),
        "kind": "comment",
        "content": words,
        "byId": dump.person(author),
        "ofId": subject,
        "at": written(when),
    }
    to = {"toId": dump.person(post.owner)} if post.owner and post.owner != author else {}
    return Row(body | to, record.origin)


def _topics(dump: Dump, question: Post) -> list[str]:
    return [dump.reference("tag", name) for name in tags(question.tags)]


def _gist(body: str) -> str:
    """The first paragraphs that say something, as HTML without markup: the answer in full is the contribution."""
    gist = ""
    for line in as_text(body, TextFormat.html).splitlines():
        gist = f"{gist} {line}".strip()
        if len(gist) >= _SHORTEST_INSIGHT:
            break
    return escape(gist[:_LONGEST_INSIGHT], quote=False) or body[:_LONGEST_INSIGHT]
