"""The concepts that Retell is about, each with the question that it is asked by, and the journey that proves it.

The README's table is made from this list: `python -m tests.concepts.table` writes it. A row without a journey is open.
"""

from dataclasses import dataclass
from pathlib import Path

from service.model.questions import QUESTIONS, Question

README = Path(__file__).parents[2] / "README.md"
QUESTIONS_BEGIN, QUESTIONS_END = (
    "<!-- questions: made by tests/concepts/table.py -->",
    "<!-- end of questions -->",
)
BEGIN, END = "<!-- concepts: made by tests/concepts/table.py -->", "<!-- end of concepts -->"


@dataclass(frozen=True, slots=True)
class Concept:
    """One row."""

    concept: str
    source: str
    asked_as: str
    journey: str | None = None
    """The test module beside this one; none, while the question can't be asked yet."""


# fmt: off
CONCEPTS = (  # one row a line, as the README shows them
    Concept("Tacit insight: a memory of a specific event", "Polanyi 1967", "`tacitInsight`, `Person.insights`, `search`", "test_tacit_insight"),  # noqa: E501
    Concept("Stories and conversations", "Kolb 1984", "`story`, `conversation`", "test_stories_and_conversations"),
    Concept("Topics", "", "`whoKnows(topic)`", "test_who_knows"),
    Concept("Conversion of tacit to explicit: lineage", "Nonaka and Takeuchi 1995", "`lineage(knowledge)`", "test_lineage"),  # noqa: E501
    Concept("Conversion of tacit to explicit: rates and times", "Herschel, Nemati and Steiger 2001", "`conversion(scope, window)`", "test_conversion"),  # noqa: E501
    Concept("Amplification: what happened", "Goel et al. 2016", "`cascade(item)`", "test_cascade"),
    Concept("Amplification: what is likely", "", "`amplificationPaths(from, to, k)`", "test_amplification_paths"),
    Concept("Amplification: how far to trust a chance", "Brier 1950", "`calibration(scope)`", "test_calibration"),
    Concept("Amplification: what to do", "Kempe et al. 2003", "`reach`, `amplifiers`", "test_reach"),
    Concept("Connecting with people who amplify our impact", "", "`amplifiers(for, budget)`, `nextConnections(person)`", "test_next_connections"),  # noqa: E501
    Concept("Communities of practice as safe places", "Wenger 1998", "`community`, `communities`", "test_declared_communities"),  # noqa: E501
    Concept("Self-organising communities", "Traag et al. 2019", "`detectedCommunities`, `communityResolutions`, `membershipCertainty`, `communityHistory`", "test_detected_communities"),  # noqa: E501
    Concept("From peripheral to full participation", "Lave and Wenger 1991", "`participation(person, community)`, `communityParticipation(community)`, `grantsReceived`", "test_participation"),  # noqa: E501
    Concept("Boundary spanners, diversity of thought", "Engeström 1999", "`boundarySpanners`, `brokerage(person)`, `crossing`, `diversity`", "test_boundary_spanners"),  # noqa: E501
    Concept("Observation, working out loud", "Bandura 1977", "`Person.observations`, `Person.observedBy`; vicarious uptake"),  # noqa: E501
    Concept("Self-efficacy", "Bandura 1977", "`efficacy(person)`"),
    Concept("Ethical standards as internal regulators", "Bandura 1991", "`sharedValues`"),
    Concept("Social support, encouragement", "House 1981", "`support(person)`"),
    Concept("Feedback sought from one's network", "", "`feedback(item)`, `openFeedbackRequests(person)`"),
    Concept("Experiment and feedback: PDSA", "Rogers 2003", "`experiment`, `cycles(experiment)`"),
    Concept("Fear and risk in context", "", "`riskContext(scope)`"),
    Concept("Diffusion of innovations", "Rogers 2003; Bass 1969", "`diffusion(knowledge)`", "test_diffusion"),
    Concept("Common purpose", "Stodd 2015", "`onPurpose(purpose)`, `Community.stages`", "test_on_purpose"),
    Concept("Hidden value creation made visible", "Berg 2014", "`hiddenContributions(scope)`", "test_hidden_contributions"),  # noqa: E501
    Concept("Silos and level playing fields", "Krackhardt and Stern 1988", "`crossing(groupBy: standing)`", "test_crossing"),  # noqa: E501
    Concept("Learning models", "", "`learningMix(organisation)`"),
    Concept("Industrial age against social era", "Coine and Babbitt 2014", "`eraProfile(organisation)`", "test_era_profile"),  # noqa: E501
)
# fmt: on


def markdown() -> str:
    """The table, as the README shows it."""
    head = ["| Concept | After | Asked as | |", "| --- | --- | --- | --- |"]
    rows = [
        f"| {one.concept} | {one.source} | {one.asked_as} | {'works' if one.journey else 'open'} |" for one in CONCEPTS
    ]
    return "\n".join([BEGIN, *head, *rows, END])


def questions() -> str:
    """The questions, each with what it asks, as the README shows them."""
    head = ["| Question | What it asks |", "| --- | --- |"]
    rows = [f"| `{name}({_asked(one)})` | {one.summary} |" for name, one in QUESTIONS.items()]
    return "\n".join([QUESTIONS_BEGIN, *head, *rows, QUESTIONS_END])


def _asked(question: Question) -> str:
    return ", ".join(field.name for field in question.asks.values() if field.required)


def in_readme(text: str) -> str:
    """The README with both tables as they are now."""
    for begin, end, table in ((BEGIN, END, markdown()), (QUESTIONS_BEGIN, QUESTIONS_END, questions())):
        before, _, rest = text.partition(begin)
        text = before + table + rest.partition(end)[2]
    return text


if __name__ == "__main__":
    README.write_text(in_readme(README.read_text(encoding="utf-8")), encoding="utf-8")
