"""The rules that bind items to each other: looked at in the graph after a batch is written and before it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.model.errors import Invalid
from service.operations.composing import Judged
from service.operations.facts import Ask

_RIGHT_AUDIENCE = "Give it the audience of what it was drawn from, or its author's alone: person:AUTHOR."


@dataclass(frozen=True, slots=True)
class _Rule:
    statement: str
    concerns: Callable[[Judged], str | None]
    """The id to look at, where writing the row could break the rule."""
    field: Callable[[Judged], str]
    wrong: str
    right: str


def _when(label: str, *fields: str, made_too: bool = False) -> Callable[[Judged], str | None]:
    """Rows of a kind with any of the fields changed; a new item can't close a ring, for nothing leads to it."""

    def concerns(judged: Judged) -> str | None:
        of_kind = judged.row.kind.label == label and (made_too or judged.status == "updated")
        return judged.id if of_kind and not judged.fields.isdisjoint(fields) else None

    return concerns


def _drawn(judged: Judged) -> str | None:
    match judged.row.kind.label:
        case "Surfacing":
            return judged.links["revealedId"][0]
        case "Derivation":
            return judged.links["madeId"][0]
        case "TacitInsight" | "ExplicitKnowledge" if judged.status == "updated":
            return judged.id
        case _:
            return None


def _company(judged: Judged) -> str | None:
    bound = {"conversationId", "repliesToId", "startedById", "ofId", "afterId"}
    concerned = judged.row.kind.label in {"Contribution", "Conversation", "Amplification"}
    return judged.id if concerned and judged.status == "updated" and not judged.fields.isdisjoint(bound) else None


_RULES = (
    _Rule(
        "rules/wider_than_source",
        _drawn,
        lambda judged: {"Surfacing": "revealedId", "Derivation": "madeId"}.get(judged.row.kind.label, "audience"),
        "It could be seen by people who can't see what it was drawn from",
        _RIGHT_AUDIENCE,
    ),
    _Rule(
        "rules/ring_of_derivations",
        _when("Derivation", "usedIds", "madeId", made_too=True),
        lambda _: "usedIds",
        "This used something that came of what it made",
        "Leave out what came of it.",
    ),
    _Rule(
        "rules/ring_of_topics",
        _when("Topic", "narrowerThanIds"),
        lambda _: "narrowerThanIds",
        "The topic would be narrower than itself, by some way round",
        "Leave out the topics that belong under it.",
    ),
    _Rule(
        "rules/ring_of_supersessions",
        _when("ExplicitKnowledge", "supersedesIds"),
        lambda _: "supersedesIds",
        "The knowledge would take the place of itself, by some way round",
        "Leave out the knowledge that takes its place.",
    ),
    _Rule(
        "rules/ring_of_replies",
        _when("Contribution", "repliesToId"),
        lambda _: "repliesToId",
        "The contribution would answer itself, by some way round",
        "Give a contribution that does not answer it.",
    ),
    _Rule(
        "rules/ring_of_amplifications",
        _when("Amplification", "afterId"),
        lambda _: "afterId",
        "The amplification would come after itself, by some way round",
        "Give one that does not come after it.",
    ),
    _Rule(
        "rules/ring_of_experiments",
        _when("Experiment", "followsOnId"),
        lambda _: "followsOnId",
        "The experiment would follow on itself, by some way round",
        "Give an experiment that does not follow on it.",
    ),
    _Rule(
        "rules/company",
        _company,
        lambda judged: {"Contribution": "repliesToId", "Conversation": "startedById"}.get(
            judged.row.kind.label, "afterId"
        ),
        "What it answers or follows, or what answers or follows it, would belong to something else",
        "Keep a reply in its conversation, and an amplification with others of the same item.",
    ),
)


def bound(judged: Judged) -> bool:
    """Whether writing the row could break a rule, so that it has to be looked at in the graph."""
    return any(rule.concerns(judged) for rule in _RULES)


async def broken(ask: Ask, rows: Sequence[Judged]) -> list[tuple[Judged, Invalid]]:
    """The rows that break a rule, with what is wrong; each with the first rule that it breaks."""
    found: dict[str, tuple[Judged, Invalid]] = {}
    for rule in _RULES:
        concerned = [(id, judged) for judged in rows if (id := rule.concerns(judged))]
        if not concerned:
            continue
        ids = {answer["id"] for answer in await ask(rule.statement, {"ids": sorted({id for id, _ in concerned})})}
        for id, judged in concerned:
            if id in ids:
                wrong = Invalid(rule.wrong, right=rule.right, field=rule.field(judged))
                found.setdefault(judged.id, (judged, wrong))
    return list(found.values())
