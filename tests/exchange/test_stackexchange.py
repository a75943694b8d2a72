from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from service.exchange.rows import Row
from service.exchange.stackexchange import Site, bytes_to_read, ignored_files, opened, rows
from service.exchange.stackexchange.fields import tags
from service.model.errors import Invalid
from service.model.kinds import KINDS
from tests.exchange.dumps import Record, answer, of_type, question, read, user, write

USERS = [user(-1, "Community"), user(1, "Asker"), user(2, "Answerer"), user(3, "Third")]
ACCEPTED = {"Id": 1, "PostId": 11, "VoteTypeId": 1, "CreationDate": "2018-03-13T00:00:00.000"}


def dump(folder: Path, posts: Sequence[Record], **files: Sequence[Record]) -> Path:
    return write(folder, {"Users": USERS, "Posts": posts, **files})


def whys(unread: Sequence[object]) -> str:
    return "\n".join(str(entry) for entry in unread)


def test_a_question_is_a_problem_told_and_the_conversation_that_it_starts(tmp_path: Path) -> None:
    found, unread, _ = read(dump(tmp_path, [question(10, 1)]), Site(source="sx", name="A site", language="de"))
    [story], [conversation] = of_type(found, "Story"), of_type(found, "Conversation")
    assert story == {
        "type": "Story", "id": "sx/question-10", "title": "Question 10", "at": "2018-03-12T17:00:45.567000Z",
        "aboutIds": ["sx/tag-qubit", "sx/tag-d-wave"], "kind": "problem", "content": "<p>Why?</p>", "format": "html",
        "language": "de", "tellerId": "sx/1",
    }  # fmt: skip
    assert conversation["startedById"] == "sx/question-10"
    assert [topic["name"] for topic in of_type(found, "Topic")] == ["d-wave", "qubit"]
    assert not unread


def test_the_community_has_its_users_as_members_since_they_joined(tmp_path: Path) -> None:
    posts = [question(10, 1, AcceptedAnswerId=11), answer(11, 2, 10)]
    site = Site(source="sx", name="A site", purpose="Answers for everyone")
    found, _, counted = read(dump(tmp_path, posts, Votes=[ACCEPTED]), site)
    [community] = of_type(found, "Community")
    assert community["purposeIds"] == [of_type(found, "Purpose")[0]["id"]]
    members = {member["personId"]: member for member in of_type(found, "Membership")}
    assert set(members) == {"sx/1", "sx/2", "sx/3"}
    assert members["sx/1"]["since"] == "2018-03-01T10:00:00Z"
    assert [members[f"sx/{user}"]["participation"] for user in (1, 2, 3)] == ["peripheral", "full", "peripheral"]
    assert counted["accounts of the site's own programs"] == 1


def test_people_have_accounts_and_biographies_in_plain_text(tmp_path: Path) -> None:
    folder = dump(tmp_path, [question(10, 1)])
    write(folder, {"Users": [user(1, " Zoë ", AboutMe="<p>I <b>like</b> &amp; use gates.</p>"), user(2, " ")]})
    found, _, _ = read(folder)
    zoe, nameless = of_type(found, "Person")
    assert (zoe["id"], zoe["name"], zoe["biography"]) == ("sx/1", "Zoë", "I like & use gates.")
    assert nameless["name"] == "user2"
    assert of_type(found, "Account")[0] == {
        "type": "Account", "source": "sx", "externalId": "1", "personId": "sx/1", "at": "2018-03-01T10:00:00Z",
    }  # fmt: skip


def test_an_accepted_answer_is_knowledge_that_was_tried_and_adopted(tmp_path: Path) -> None:
    posts = [question(10, 1, AcceptedAnswerId=11), answer(11, 2, 10), answer(12, 3, 10)]
    found, unread, counted = read(dump(tmp_path, posts, Votes=[ACCEPTED]))
    assert [entry["ordinal"] for entry in of_type(found, "Contribution")] == [0, 1]
    assert of_type(found, "Contribution")[0]["repliesToId"] == "sx/question-10"
    insight = of_type(found, "TacitInsight")[0]
    assert (insight["content"], insight["heldById"]) == ("Because of this. And that.", "sx/2")
    surfacing = of_type(found, "Surfacing")[0]
    assert (surfacing["fromId"], surfacing["revealedId"]) == ("sx/answer-11", insight["id"])
    [knowledge], [derivation], [adopted] = (
        of_type(found, label) for label in ("ExplicitKnowledge", "Derivation", "Amplification")
    )
    assert knowledge["title"] == "Question 10"
    assert knowledge["aboutIds"] == ["sx/tag-qubit", "sx/tag-d-wave"]
    assert derivation["usedIds"] == [insight["id"]]
    assert derivation["madeId"] == adopted["ofId"] == knowledge["id"]
    assert (adopted["kind"], adopted["byId"], adopted["at"]) == ("adopt", "sx/1", "2018-03-13T23:59:59Z")
    assert not unread
    assert counted["votes that accept (read with the answer)"] == 1


def test_accepting_ones_own_answer_is_no_amplification(tmp_path: Path) -> None:
    found, _, counted = read(
        dump(tmp_path, [question(10, 1, AcceptedAnswerId=11), answer(11, 1, 10)], Votes=[ACCEPTED])
    )
    assert len(of_type(found, "ExplicitKnowledge")) == 1
    assert not of_type(found, "Amplification")
    assert counted["acceptances of one's own answer"] == 1


@pytest.mark.parametrize(
    ("votes", "why"),
    [([], "no vote says when"), ([{**ACCEPTED, "CreationDate": "2018-03-11T00:00:00"}], "before it was written")],
)
def test_an_acceptance_out_of_time_is_reported_and_adopted_by_nobody(
    tmp_path: Path, votes: list[Record], why: str
) -> None:
    found, unread, _ = read(dump(tmp_path, [question(10, 1, AcceptedAnswerId=11), answer(11, 2, 10)], Votes=votes))
    assert why in whys(unread)
    assert of_type(found, "ExplicitKnowledge")[0]["at"] == "2018-03-13T09:00:00Z"
    assert not of_type(found, "Amplification")


def test_deleted_users_tell_nothing_and_are_reported_where_somebody_is_needed(tmp_path: Path) -> None:
    posts = [question(10, None, OwnerDisplayName="user9"), answer(11, 99, 10), answer(12, -1, 10), answer(13, 2, 10)]
    comments = [
        {"Id": 5, "PostId": 10, "Text": "Hm", "CreationDate": "2018-03-14T00:00:00.1", "UserDisplayName": "user9"}
    ]
    found, unread, _ = read(dump(tmp_path, posts, Comments=comments))
    assert "tellerId" not in of_type(found, "Story")[0]
    assert [entry["id"] for entry in of_type(found, "Contribution")] == ["sx/answer-13"]
    assert [(entry.origin.file, entry.origin.record) for entry in unread] == [
        ("Posts.xml", "11"), ("Posts.xml", "12"), ("Comments.xml", "5"),
    ]  # fmt: skip
    assert len({row.body.get("id") for row in found if row.body["type"] == "Person"}) == 3


def test_comments_are_feedback_to_the_author_and_ones_own_is_to_nobody(tmp_path: Path) -> None:
    at = "2018-03-14T10:00:00.000"
    comments = [
        {"Id": 5, "PostId": 11, "Text": "Which `x`?", "CreationDate": at, "UserId": 1},
        {"Id": 6, "PostId": 11, "Text": "This.", "CreationDate": at, "UserId": 2},
        {"Id": 7, "PostId": 77, "Text": "Gone", "CreationDate": at, "UserId": 2},
    ]
    found, unread, _ = read(dump(tmp_path, [question(10, 1), answer(11, 2, 10)], Comments=comments))
    asked, replied = of_type(found, "Feedback")
    assert (asked["byId"], asked["toId"], asked["ofId"]) == ("sx/1", "sx/2", "sx/answer-11")
    assert "toId" not in replied
    assert "post 77" in unread[0].why


def test_a_link_is_by_whoever_wrote_at_its_moment_not_by_the_owner_of_the_question(tmp_path: Path) -> None:
    def link(id: int, at: str, post: int = 20, kind: int = 1) -> Record:
        return {"Id": id, "CreationDate": at, "PostId": post, "RelatedPostId": 10, "LinkTypeId": kind}

    posts = [
        question(10, 1),
        question(20, 2, CreationDate="2018-04-01T10:00:00.000"),
        answer(21, 3, 20, CreationDate="2018-04-02T10:00:00.000"),
    ]
    comments = [{"Id": 5, "PostId": 21, "Text": "See", "CreationDate": "2018-04-03T10:00:00.004", "UserId": 1}]
    links = [
        link(1, "2018-04-01T10:00:00.000"), link(2, "2018-04-02T10:00:00.300"), link(3, "2018-04-03T10:00:00.000"),
        link(4, "2018-04-09T10:00:00.000"), link(5, "2018-04-02T10:00:00.000", kind=3), link(6, "2018-04-02T10:00", 99),
    ]  # fmt: skip
    found, unread, counted = read(dump(tmp_path, posts, Comments=comments, PostLinks=links))
    cited = {entry["id"]: (entry["byId"], entry["channel"]) for entry in of_type(found, "Amplification")}
    assert cited == {
        "sx/link-1": ("sx/2", "question"), "sx/link-2": ("sx/3", "answer"), "sx/link-5": ("sx/3", "duplicate"),
    }  # fmt: skip
    assert counted["links to one's own post"] == 1
    assert [entry.origin.record for entry in unread] == ["4", "6"]


def test_an_edit_by_somebody_else_adapts_and_one_before_the_post_is_reported(tmp_path: Path) -> None:
    edited = {"LastEditorUserId": 3, "LastEditDate": "2018-03-20T10:00:00.000"}
    posts = [
        question(10, 1, **edited),
        question(12, 3, **edited),
        question(13, 1, **{**edited, "LastEditorUserId": -1}),
        question(14, 1, LastEditorUserId=3, LastEditDate="2018-03-01T10:00:00.000"),
    ]
    found, unread, counted = read(dump(tmp_path, posts))
    [adapted] = of_type(found, "Amplification")
    assert (adapted["id"], adapted["kind"], adapted["byId"], adapted["ofId"]) == (
        "sx/edit-10-20180320T100000", "adapt", "sx/3", "sx/question-10",
    )  # fmt: skip
    assert len(of_type(found, "Story")) == 4
    assert [entry.origin.record for entry in unread] == ["14"]
    assert (counted["edits of one's own post"], counted["edits by nobody on record"]) == (1, 1)


def test_votes_without_a_voter_are_counted_and_never_become_rows(tmp_path: Path) -> None:
    def vote(id: int, kind: int, voter: int | None = None, post: int = 10, day: str = "2018-03-14") -> Record:
        named = {} if voter is None else {"UserId": voter}
        return {"Id": id, "PostId": post, "VoteTypeId": kind, "CreationDate": f"{day}T00:00:00.000", **named}

    votes = [
        vote(1, 2), vote(2, 2), vote(3, 3), vote(4, 5, 2), vote(5, 5, 1), vote(6, 8, 3), vote(7, 3, 2), vote(8, 5, 99),
        vote(9, 5, 2, post=88), vote(10, 5, 3, day="2018-03-11"),
    ]  # fmt: skip
    found, unread, counted = read(dump(tmp_path, [question(10, 1)], Votes=votes))
    endorsed = [(entry["id"], entry["byId"], entry["channel"]) for entry in of_type(found, "Amplification")]
    assert endorsed == [("sx/vote-4", "sx/2", "favourite"), ("sx/vote-6", "sx/3", "bounty")]
    assert counted["votes without a voter: up"] == 2
    assert counted["votes without a voter: down"] == counted["votes for one's own post: favourite"] == 1
    assert counted["votes that endorse nothing: down"] == 1
    assert counted["votes by somebody whose account is gone: favourite"] == 1
    assert [entry.origin.record for entry in unread] == ["9", "10"]


def test_records_that_make_no_sense_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    posts = [
        {"Id": "x", "PostTypeId": 1},
        {"Id": 9, "PostTypeId": 1, "CreationDate": "yesterday", "Title": "T", "Body": "b"},
        question(10, 1),
        {"Id": 11, "PostTypeId": 2, "ParentId": 10, "CreationDate": "2018-03-13", "OwnerUserId": 2},
        answer(12, 2, 404),
        {"Id": 13, "PostTypeId": 5, "CreationDate": "2018-03-13", "Body": ""},
    ]
    folder = dump(tmp_path, posts)
    write(
        folder, {"Users": [*USERS, {"Id": 4}, {"DisplayName": "x"}], "Tags": [{"Id": 1}, {"Id": 2, "TagName": "qubit"}]}
    )
    found, unread, counted = read(folder)
    assert [entry["id"] for entry in of_type(found, "Story")] == ["sx/question-10"]
    assert counted["tag wikis"] == 1
    for expected in (
        "Id is 'x'",
        "CreationDate is 'yesterday'",
        "no Body",
        "question 404",
        "no CreationDate",
        "no TagName",
    ):
        assert expected in whys(unread)
    assert all(entry.origin.line > 1 for entry in unread)


def test_an_answer_that_stands_before_its_question_is_read(tmp_path: Path) -> None:
    found, unread, counted = read(
        dump(tmp_path, [answer(5, 2, 10), question(10, 1, CreationDate="2018-03-20T10:00:00")])
    )
    assert not unread
    assert of_type(found, "Contribution")[0]["repliesToId"] == "sx/question-10"
    assert counted["answers older than the question that they were moved to (kept)"] == 1


def test_every_row_is_valid_and_its_links_lead_to_rows_before_it(tmp_path: Path) -> None:
    posts = [
        question(10, 1, AcceptedAnswerId=11, LastEditorUserId=2, LastEditDate="2018-03-15T10:00:00"),
        answer(11, 2, 10),
    ]
    comments = [{"Id": 5, "PostId": 10, "Text": "Hm", "CreationDate": "2018-03-14T00:00:00.1", "UserId": 3}]
    site = Site(source="sx", name="A site", purpose="Answers")
    found, _, _ = read(dump(tmp_path, posts, Votes=[ACCEPTED], Comments=comments), site)
    assert_sound(found)
    assert len({row.body["type"] for row in found}) == 15


def assert_sound(found: Sequence[Row]) -> None:
    """Every row fits its draft, no id comes twice, and no link leads forward."""
    drafts = {label: TypeAdapter(kind.draft) for label, kind in KINDS.items()}
    seen: set[object] = set()
    for row in found:
        fields = {name: value for name, value in row.body.items() if name not in {"type", "id"}}
        label = str(row.body["type"])
        drafts[label].validate_python(fields, by_alias=True, by_name=False)
        for name in KINDS[label].links.keys() & fields.keys():
            value = fields[name]
            assert seen.issuperset(value if isinstance(value, list) else [value]), (row, name)
        if "id" in row.body:
            assert row.body["id"] not in seen
            seen.add(row.body["id"])


def test_two_readings_give_the_same_rows_and_report_all_bytes(tmp_path: Path) -> None:
    folder = dump(
        tmp_path, [question(10, 1), answer(11, 2, 10)], Votes=[ACCEPTED], Tags=[{"Id": 1, "TagName": "qubit"}]
    )
    assert read(folder) == read(folder)
    told: list[int] = []
    with opened(folder, Site(source="sx", name="A site"), told.append) as opened_dump:
        list(rows(opened_dump))
        assert sum(told) == bytes_to_read(opened_dump.files)


@pytest.mark.parametrize(("missing", "left"), [("Users", "Posts"), ("Posts", "Users")])
def test_a_folder_without_users_or_posts_is_refused_by_name(tmp_path: Path, missing: str, left: str) -> None:
    write(tmp_path, {left: []})
    with pytest.raises(Invalid, match=rf"has no {missing}\.xml"):
        read(tmp_path)


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "dump.7z"
    archive.write_bytes(b"7z")
    with pytest.raises(Invalid, match="is not a folder") as caught:
        read(archive)
    assert "unpacked" in caught.value.problems[0].right


@pytest.mark.parametrize("source", ["a/b", " "])
def test_a_source_that_can_be_no_reference_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(Invalid, match="can't name a source"):
        read(dump(tmp_path, []), Site(source=source, name="A site"))


def test_a_cut_file_is_refused_before_the_first_row(tmp_path: Path) -> None:
    folder = dump(tmp_path, [question(10, 1)], Comments=[{"Id": 1, "PostId": 10, "Text": "x" * 100}])
    path = folder / "Comments.xml"
    path.write_bytes(path.read_bytes()[:90])
    with (
        pytest.raises(Invalid, match=r"Comments\.xml, line 3, byte \d+: the XML ends in the middle"),
        opened(folder, Site(source="sx", name="A site"), lambda _bytes: None),
    ):
        pytest.fail("it was opened")


def test_files_of_a_later_or_another_part_of_the_dump_are_named(tmp_path: Path) -> None:
    folder = dump(tmp_path, [])
    for name in ("Badges.xml", "PostHistory.xml", "notes.txt"):
        (folder / name).write_text("<x/>")
    assert ignored_files(folder) == ["Badges.xml", "PostHistory.xml"]


tag_names = st.lists(st.from_regex(r"[a-z0-9+#.\-]{1,35}", fullmatch=True), unique=True, max_size=5)


@given(tag_names)
def test_both_ways_of_writing_tags_are_read_alike(names: list[str]) -> None:
    assert tags("".join(f"<{name}>" for name in names)) == names
    assert tags("|" + "".join(f"{name}|" for name in names) if names else "") == names


@given(st.text(max_size=60))
def test_no_text_of_tags_gives_empty_or_repeated_ones(text: str) -> None:
    names = tags(text)
    assert all(name.strip() for name in names)
    assert len(set(names)) == len(names)
