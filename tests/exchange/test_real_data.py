"""The real data beside the checkout, against counts taken from it in another way."""

import re
from collections import Counter
from pathlib import Path

from service.exchange.rows import Row
from service.exchange.stackexchange import Site
from service.exchange.ties import PeopleTable, TieTable, rows
from tests.exchange.dumps import ignore, read
from tests.exchange.test_stackexchange import assert_sound
from tests.exchange.test_ties import SINCE


def lines(folder: Path, name: str, *patterns: str) -> list[str]:
    """The records of a file in which every pattern is found: text search, no XML."""
    text = (folder / f"{name}.xml").read_text(encoding="utf-8-sig")
    return [line for line in text.splitlines() if "<row " in line and all(re.search(each, line) for each in patterns)]


def value(line: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', line)
    return found[1] if found else ""


def test_a_real_community_is_read_whole(shared_data: Path) -> None:
    dump = shared_data / "quantum-stackexchange"
    found, unread, counted = read(dump, Site(source="quantum-stackexchange", name="Quantum Computing"))
    assert_sound(found)
    count = Counter(str(row.body["type"]) for row in found)
    carried = Counter(str(row.body["kind"]) for row in found if row.body["type"] == "Amplification")
    users = {value(line, "Id") for line in lines(dump, "Users", r' Id="[1-9]')}
    posts = {value(line, "Id"): line for line in lines(dump, "Posts", r' PostTypeId="[12]"')}
    answers = [line for line in posts.values() if 'PostTypeId="2"' in line and value(line, "OwnerUserId") in users]

    assert count["Person"] == count["Account"] == count["Membership"] == len(users)
    assert count["Topic"] == len(lines(dump, "Tags"))
    assert count["Story"] == count["Conversation"] == len(lines(dump, "Posts", r' PostTypeId="1"'))
    assert count["Contribution"] == count["TacitInsight"] == count["Surfacing"] == len(answers)
    assert count["ExplicitKnowledge"] == count["Derivation"] == len(lines(dump, "Posts", " AcceptedAnswerId="))

    kept = {value(line, "Id") for line in answers} | {id for id, line in posts.items() if 'PostTypeId="1"' in line}
    comments = [line for line in lines(dump, "Comments", " UserId=") if value(line, "PostId") in kept]
    assert count["Feedback"] == len(comments)

    def owner(post: str) -> str:
        return value(posts[post], "OwnerUserId")

    favourites = [
        line for line in lines(dump, "Votes", r' UserId="', r' VoteTypeId="[58]"') if value(line, "PostId") in kept
    ]
    assert carried["endorse"] == sum(value(line, "UserId") != owner(value(line, "PostId")) for line in favourites)
    edited = [posts[id] for id in kept if value(posts[id], "LastEditorUserId") in users]
    assert carried["adapt"] == sum(value(line, "LastEditorUserId") != value(line, "OwnerUserId") for line in edited)
    accepted = [
        (value(line, "Id"), value(line, "AcceptedAnswerId")) for line in lines(dump, "Posts", " AcceptedAnswerId=")
    ]
    assert carried["adopt"] == sum(owner(question) != owner(answer) for question, answer in accepted)
    assert 0 < carried["cite"] < len(lines(dump, "PostLinks"))

    assert counted["votes without a voter: up"] == len(lines(dump, "Votes", r' VoteTypeId="2"'))
    reported = Counter(entry.origin.file for entry in unread)
    assert reported["Posts.xml"] == 1  # an answer whose author's account is gone
    assert reported["Comments.xml"] == len(lines(dump, "Comments")) - len(comments)
    own_links = counted["links to one's own post"]
    assert reported["PostLinks.xml"] + carried["cite"] + own_links == len(lines(dump, "PostLinks"))


def test_a_real_email_network_is_read_whole(shared_data: Path) -> None:
    mail = shared_data / "email-eu-core"
    ties = TieTable(path=mail / "email-Eu-core.txt", teller="1", listener="2")
    people = PeopleTable(path=mail / "email-Eu-core-department-labels.txt", person="1", group="2", since=SINCE)
    found = list(rows("email", ties, people, ignore))
    read_rows = [entry for entry in found if isinstance(entry, Row)]
    assert_sound(read_rows)
    ends = [tuple(line.split()) for line in ties.path.read_text().splitlines()]
    count = Counter(str(row.body["type"]) for row in read_rows)
    assert count["Observation"] == sum(sender != receiver for sender, receiver in ends) == 24_929
    assert len(found) - len(read_rows) == sum(sender == receiver for sender, receiver in ends)
    assert (count["Person"], count["Membership"], count["Community"]) == (1_005, 1_005, 42)
    heard = {(row.body["byId"], row.body["toId"]) for row in read_rows if row.body["type"] == "Observation"}
    assert heard == {(f"email/{receiver}", f"email/{sender}") for sender, receiver in ends if sender != receiver}
