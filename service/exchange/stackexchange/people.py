"""A site as a community, its users as people with accounts who joined it, its tags as topics."""

from collections.abc import Iterator

from service.exchange.rows import Origin, Row, Unread, Unreadable
from service.exchange.stackexchange.dump import Dump
from service.exchange.stackexchange.fields import instant, number, text, written
from service.exchange.stackexchange.xml import Record, records
from service.model.texts import TextFormat, as_text

_LONGEST_BIOGRAPHY = 5_000
_LONGEST_NAME = 300


def community(dump: Dump) -> Iterator[Row]:
    """The site itself: people join it by name and on a day, so it is a declared community."""
    origin = Origin(dump.files["Users"].name, 1)
    body: dict[str, object] = {"type": "Community", "id": dump.reference("site", "community"), "name": dump.site.name}
    if dump.site.purpose:
        purpose = dump.reference("site", "purpose")
        yield Row({"type": "Purpose", "id": purpose, "name": dump.site.purpose}, origin)
        body["purposeIds"] = [purpose]
    yield Row(body, origin)


def topics(dump: Dump) -> Iterator[Row | Unread]:
    """The tags, listed or only used."""
    path = dump.files.get("Tags", dump.files["Posts"])
    for name in dump.index.tags():
        yield Row({"type": "Topic", "id": dump.reference("tag", name), "name": name}, Origin(path.name, 1, name))
    if "Tags" in dump.files:
        for record in records(path, "tags", dump.advance):
            try:
                text(record.fields, "TagName")
            except Unreadable as error:
                yield Unread(record.origin, str(error))


def people(dump: Dump) -> Iterator[Row | Unread]:
    """The users: a person, the account, and the membership of the site since the day of joining."""
    for record in records(dump.files["Users"], "users", dump.advance):
        try:
            yield from _person(dump, record)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def _person(dump: Dump, record: Record) -> Iterator[Row]:
    fields, origin = record.fields, record.origin
    user, joined = number(fields, "Id"), written(instant(fields, "CreationDate"))
    if not dump.index.is_person(user):
        dump.counted["accounts of the site's own programs"] += 1
        return
    person = dump.person(user)
    name = fields.get("DisplayName", "").strip() or f"user{user}"
    biography = as_text(fields.get("AboutMe", ""), TextFormat.html)[:_LONGEST_BIOGRAPHY]
    body: dict[str, object] = {"type": "Person", "id": person, "name": name[:_LONGEST_NAME], "at": joined}
    yield Row(body | ({"biography": biography} if biography.strip() else {}), origin)
    account: dict[str, object] = {"source": dump.site.source, "externalId": str(user), "personId": person, "at": joined}
    yield Row({"type": "Account", **account}, origin)
    membership: dict[str, object] = {
        "type": "Membership",
        "id": dump.reference("membership", user),
        "personId": person,
        "communityId": dump.reference("site", "community"),
        "since": joined,
        "at": joined,
        "participation": "full" if dump.index.is_proven(user) else "peripheral",
    }
    yield Row(membership, origin)
