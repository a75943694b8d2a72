"""Whether a row may be written as it stands: who asks, what it names, for whom it is, and in what company."""

from service.access.audiences import audience_of_person, may_choose, named_by
from service.access.permissions import (
    PLACES,
    require_answer,
    require_author,
    require_grantor,
    require_inviter,
    require_owner,
    require_place,
    require_withdrawal,
)
from service.model.errors import Conflict, Invalid, NotFound, Problem
from service.model.items import Draft, Link
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.composing import Case, Judged, Links, changed, made, unchanged
from service.operations.conventions import settled_from
from service.operations.facts import Facts, Known
from service.operations.rows import Row, account_of, link_fields, merged_body, named_id
from service.operations.validation import read_draft

_COMPANY = (
    (
        "repliesToId",
        "conversationId",
        "That was not said in this conversation",
        "Give a contribution to it, or the story that started it.",
    ),
    ("afterId", "ofId", "That amplification is of something else", "Give an amplification of the same item."),
)
"""The links that bind an item to others of its place: the link, the place, and what is wrong and right."""


def judge(row: Row, viewer: Viewer, facts: Facts) -> Judged:
    """What writing the row does; raises what is wrong with it. Later rows may name what is accepted here."""
    case = _case(row, viewer, facts)
    if case.stored and row.mode == "ensure":
        return unchanged(case, case.stored)
    _require_administrator(case)
    draft = row.draft or _merged_draft(case)
    _require_free_account(case)
    links = _links(case)
    if not _answering(case):
        require_owner(viewer, row.kind, case.id, links.get(row.kind.owner or "", []))
    _require_place(case, draft, links)
    _keep_grant(case, draft, links)
    _require_stage(case, draft)
    _require_audience(case, draft)
    _require_company(case, links)
    judged = changed(case, draft, links, case.stored) if case.stored else made(case, draft, links)
    _require_invitation(case, judged, links)
    _remember(judged, viewer, facts)
    return judged


def _case(row: Row, viewer: Viewer, facts: Facts) -> Case:
    id = row.id(facts.accounts)
    existing = facts.known.get(id)
    reachable = existing is not None and (existing.seen or (row.mode != "update" and viewer.may(Scope.administer)))
    if row.mode == "update" and (existing is None or not reachable or existing.label != row.kind.label):
        raise NotFound(
            f"There is no {row.kind.label} of this id", right="Give the id of one that you can see.", field="id"
        )
    if existing is None:
        if row.if_version is not None:
            raise Conflict(
                "The item is not there (any more)", right="Leave the version out to create it.", field="ifVersion"
            )
        return Case(row, id, viewer, facts, None, None)
    if row.mode == "create" or not reachable:
        raise Conflict("This id is taken", right="Give another id, or put or change the item that has it.", field="id")
    if existing.label != row.kind.label:
        raise Conflict(f"This id is a {existing.label}'s", right="Give another id.", field="id")
    if row.if_version not in {None, existing.version}:
        wrong = f"The item has changed: it is at version {existing.version} now"
        raise Conflict(wrong, right="Read it again, then change it.", field="ifVersion")
    case = Case(row, id, viewer, facts, existing, facts.stored[id])
    if not _answering(case):
        require_author(viewer, existing.author)
    return case


def _answering(case: Case) -> bool:
    """Whether somebody writes an invitation that was made to them: it is another's, and the answer is theirs."""
    if case.row.kind.label != "Invitation" or case.stored is None or case.viewer.person_id is None:
        return False
    return case.viewer.person_id in case.stored.links.get("personId", {})


def _require_administrator(case: Case) -> None:
    if case.row.recorded and not case.viewer.may(Scope.administer):
        raise Invalid(
            "Only who administers may say what was recorded",
            right="Leave out createdAt, updatedAt, version and author.",
            field="version",
        )


def _merged_draft(case: Case) -> Draft:
    if case.stored is None:
        raise TypeError(case.row.mode)
    body = merged_body(case.row.kind, case.stored.properties, case.stored.links, case.row.changes)
    return read_draft(case.row.kind, body, case.facts.now)


def _require_free_account(case: Case) -> None:
    if case.row.kind.label != "Account" or case.row.draft is None:
        return
    known = case.facts.accounts.get(account_of(case.row))
    if known and known[0] != case.id:
        raise Conflict(
            "Another account has this source and external id", right="Change that account instead.", field="externalId"
        )


def _links(case: Case) -> Links:
    """The targets of every link field as they will be: those given, and those recorded that the viewer can't see."""
    row = case.row
    problems: list[Problem] = []
    links: dict[str, list[str]] = {}
    for name, field in link_fields(row.kind.label):
        recorded = case.stored.links.get(name, {}) if case.stored else {}
        if row.mode == "update" and name not in row.changes:
            links[name] = list(recorded)
            continue
        targets: dict[str, None] = {}
        for position, word in enumerate(row.words.get(name, ())):
            target = named_id(word, case.facts.accounts)
            path = f"{name}.{position}" if field.many else name
            if target not in recorded and (problem := _problem(case, field.link, path, target)):
                problems.append(problem)
            targets[target] = None
        if field.many or not targets:
            targets |= dict.fromkeys(target for target, seen in recorded.items() if not seen)
        links[name] = list(targets)
    if problems:
        raise Invalid.of(problems)
    return links


def _problem(case: Case, link: Link, path: str, target: str) -> Problem | None:
    """What is wrong with a target. One that is hidden is answered like one that is absent."""
    known = case.facts.known.get(target)
    if known is not None and known.seen and known.label in link.to and target != case.id:
        return None
    wanted = " or ".join(link.to)
    if known is None or not (known.seen or case.viewer.may(Scope.administer)):
        return Problem(field=path, wrong="There is no such item", right=f"Give the id of a {wanted} that you can see.")
    if known.label not in link.to:
        return Problem(field=path, wrong=f"That is a {known.label}", right=f"Give the id of a {wanted}.")
    if target == case.id:
        return Problem(field=path, wrong="An item can't be linked to itself", right="Give the id of another one.")
    return None


def _require_place(case: Case, draft: Draft, links: Links) -> None:
    name = PLACES.get(case.row.kind.label)
    if name is None or case.viewer.may_write_for_others:
        return
    place = links[name][0]
    known, welcome = case.facts.known.get(place), case.facts.welcomes.get(place)
    founded = known is not None and known.author is not None and known.author == case.viewer.person_id
    require_place(
        case.viewer,
        founded=founded or (welcome is not None and welcome.founded),
        same_place=case.stored is not None and place in case.stored.links.get(name, {}),
        ended=case.stored.properties.get("until") if case.stored else None,
        ends=getattr(draft, "until", None),
        invited=welcome is not None and welcome.invited,
        new_role=_new_role(case, draft),
    )


def _new_role(case: Case, draft: Draft) -> str | None:
    """The role that is written, where it is not the one that is recorded."""
    role: str | None = getattr(draft, "role", None)
    recorded = case.stored.properties.get("role") if case.stored else None
    return None if role is None or role == recorded else str(role)


def _require_invitation(case: Case, judged: Judged, links: Links) -> None:
    if case.row.kind.label != "Invitation":
        return
    if _answering(case):
        require_answer(case.viewer, judged.fields)
    elif case.stored:
        require_withdrawal(case.viewer, judged.fields)
    else:
        community = links["communityId"][0]
        known, welcome = case.facts.known[community], case.facts.welcomes.get(community)
        founded = known.author is not None and known.author == case.viewer.person_id
        invites = founded or (welcome is not None and (welcome.founded or welcome.tends))
        require_inviter(case.viewer, invites=invites, invited=links["personId"][0], answer=judged.properties["answer"])


def _keep_grant(case: Case, draft: Draft, links: Links) -> None:
    """Refuse a grant that is not its giver's to make, and keep one between the two: nobody else may learn of it."""
    if case.row.kind.label != "Grant":
        return
    (by,), (to,) = links["byId"], links["toId"]
    require_grantor(case.viewer, by=by, to=to)
    own = audience_of_person(by)
    if draft.audience not in {EVERYONE, own}:
        raise Invalid(
            "A grant is its giver's alone to see", right=f"Leave its audience out, or give {own}.", field="audience"
        )
    draft.audience = own


def _require_stage(case: Case, draft: Draft) -> None:
    """Refuse a stage that the network does not name. One that was recorded when it did stays, also from an export."""
    stage = getattr(draft, "stage", None)
    if stage is None or case.row.recorded or (case.stored and case.stored.properties["stage"] == stage):
        return
    stages = settled_from(case.facts.conventions).stages
    if stage not in stages:
        raise Invalid("`stage` is none of this network's", right=f"Give one of {', '.join(stages)}.", field="stage")


def _require_audience(case: Case, draft: Draft) -> None:
    existing, viewer = case.existing, case.viewer
    if existing and not case.row.names_audience:
        # A draft says everyone where nothing is said; but what was told in confidence is opened by its name alone.
        draft.audience = existing.audience
    audience = draft.audience
    if existing and audience == existing.audience:
        return
    if existing and not existing.seen:
        wrong = "You can't see this item, so you can't choose who else does"
        raise Invalid(wrong, right="Leave its audience as it is.", field="audience")
    if audience in viewer.audiences:
        return
    named = named_by(audience)
    known = case.facts.known.get(named[1]) if named else None
    exists = named is not None and (
        (known is not None and known.label == named[0]) or named == (case.row.kind.label, case.id)
    )
    if not may_choose(viewer, audience) or not exists:
        raise Invalid(
            "You don't belong to this audience, or there is no such one",
            right=f"Give {EVERYONE}, or an audience that you belong to.",
            field="audience",
        )


def _require_company(case: Case, links: Links) -> None:
    """A reply stays in its conversation, and an amplification follows one of the same item.

    What an update leaves as it was is not known here; `rules/company` looks at it in the graph.
    """
    for name, place_name, wrong, right in _COMPANY:
        for target in links.get(name, ()):
            known, place = case.facts.known.get(target), links[place_name][0]
            started = case.facts.known.get(place)
            if known is None or known.place == place:
                continue
            if known.label == "Story" and (started is None or started.place == target):
                continue
            raise Invalid(wrong, right=right, field=name)


def _remember(judged: Judged, viewer: Viewer, facts: Facts) -> None:
    kind, properties, links = judged.row.kind, judged.properties, judged.links
    started_by = links.get("startedById")
    facts.known[judged.id] = Known(
        label=kind.label,
        version=judged.version,
        author=properties.get("author"),
        audience=properties["audience"],
        seen=properties["audience"] in viewer.audiences or judged.status == "created",
        place=started_by[0] if started_by else properties.get("conversation") or properties.get("of"),
    )
    if kind.label == "Account":
        facts.accounts[properties["source"], properties["externalId"]] = (judged.id, links["personId"][0])
