"""Experiments: knowledge tried out in one's own place, to see whether it is true there."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.items import Draft, Id, Link, Name, noun
from service.model.vocabulary import Vocabulary


class ExperimentOutcome(Vocabulary):
    """What became of an experiment."""

    running = "running", "It is not over yet."
    kept = "kept", "It worked: what was tried is done so from now on."
    changed = "changed", "It worked in part: what was tried was changed first."
    abandoned = "abandoned", "It did not work here, and was given up."


@noun
class ExperimentDraft(Draft):
    """People trying explicit knowledge out where they work, and seeing what comes of it."""

    aim: Annotated[Name, Field(description="What they want to find out, or to bring about.")]
    perceived_risk: Annotated[
        int | None,
        Field(
            ge=0,
            le=10,
            description=(
                "How risky it felt to those who tried, before they did: from 0 (nothing can happen) to 10 "
                "(I could lose what matters most to me); null, where nobody said."
            ),
        ),
    ] = None
    setting: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=1_000, pattern=r"\S"),
        Field(description="Where and with whom it was tried, in plain text."),
    ] = None
    outcome: Annotated[ExperimentOutcome, Field(description="What became of it.")] = ExperimentOutcome.running
    tested_id: Annotated[
        Id,
        Link("TESTED", ("ExplicitKnowledge",), stored="tested"),
        Field(description="The knowledge that was tried out."),
    ]
    by_ids: Annotated[
        list[Id],
        Link("BY", ("Person",)),
        Field(min_length=1, max_length=200, description="Who tried it, at least one person."),
    ]
    follows_on_id: Annotated[
        Id | None,
        Link("FOLLOWS_ON", ("Experiment",)),
        Field(description="The earlier experiment that it goes on from; never in a circle."),
    ] = None
