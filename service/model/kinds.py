"""The kinds of item there are, in one table: all that the doors, the graph and the files need to know of a noun."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import get_type_hints

from pydantic.alias_generators import to_camel

from service.model.amplification import AmplificationDraft
from service.model.communities import (
    CommunityDraft,
    InvitationDraft,
    MembershipDraft,
    PurposeDraft,
    StageChangeDraft,
)
from service.model.conversations import ContributionDraft, ConversationDraft
from service.model.evidence import FeedbackDraft, ObservationDraft, SupportDraft
from service.model.experiments import ExperimentDraft
from service.model.fields import DeclaredField, declared_fields
from service.model.grants import GrantDraft
from service.model.holdings import HoldingDraft, ValueDraft
from service.model.insights import SurfacingDraft, TacitInsightDraft
from service.model.items import Draft, Recorded, RecordedText, TextDraft
from service.model.knowledge import DerivationDraft, ExplicitKnowledgeDraft
from service.model.organisations import OrganisationDraft, PositionDraft
from service.model.people import AccountDraft, PersonDraft
from service.model.stories import StoryDraft
from service.model.topics import TopicDraft


@dataclass(frozen=True)
class Kind:
    """A noun: its label in the graph, its names at the doors, and the draft that declares its fields."""

    label: str
    one: str
    """GraphQL's field for one of them."""
    many: str
    """GraphQL's field for a page of them."""
    path: str
    """REST's collection under /v1."""
    draft: type[Draft]
    owner: str | None = None
    """The link field that names whose item it is: who may change it without a key that writes for others."""

    @property
    def description(self) -> str:
        """What it is, in a sentence."""
        return (self.draft.__doc__ or "").strip()

    @property
    def has_text(self) -> bool:
        """Whether it is made of words."""
        return issubclass(self.draft, TextDraft)

    @cached_property
    def given(self) -> Mapping[str, DeclaredField]:
        """The fields that a caller gives, by their outer name."""
        return declared_fields(self.draft)

    @cached_property
    def recorded(self) -> Mapping[str, DeclaredField]:
        """The fields that are shown: the given ones and those that the service adds."""
        added = {**_added(Recorded), **(_added(RecordedText) if self.has_text else {})}
        return MappingProxyType({**added, **{name: field for name, field in self.given.items() if name not in added}})

    @cached_property
    def links(self) -> Mapping[str, DeclaredField]:
        """The fields that lead to other items."""
        return MappingProxyType({name: field for name, field in self.given.items() if field.link})

    @property
    def named(self) -> bool:
        """Whether its items have a name to sort by."""
        return "name" in self.given


def _added(cls: type) -> dict[str, DeclaredField]:
    hints = get_type_hints(cls)
    return {
        to_camel(name): DeclaredField(
            name=to_camel(name),
            attribute=name,
            type=hints[name],
            optional=False,
            required=False,
            description=declared.metadata["description"],
        )
        for name, declared in cls.__dataclass_fields__.items()  # type: ignore[attr-defined]
    }


_ALL = (
    Kind("Person", "person", "people", "people", PersonDraft),
    Kind("Account", "account", "accounts", "accounts", AccountDraft, owner="personId"),
    Kind("Organisation", "organisation", "organisations", "organisations", OrganisationDraft),
    Kind("Position", "position", "positions", "positions", PositionDraft, owner="personId"),
    Kind("Purpose", "purpose", "purposes", "purposes", PurposeDraft),
    Kind("Value", "value", "values", "values", ValueDraft),
    Kind("Community", "community", "communities", "communities", CommunityDraft),
    Kind("StageChange", "stageChange", "stageChanges", "stage-changes", StageChangeDraft),
    Kind("Membership", "membership", "memberships", "memberships", MembershipDraft, owner="personId"),
    Kind("Invitation", "invitation", "invitations", "invitations", InvitationDraft, owner="byId"),
    Kind("Topic", "topic", "topics", "topics", TopicDraft),
    Kind("Story", "story", "stories", "stories", StoryDraft, owner="tellerId"),
    Kind("Conversation", "conversation", "conversations", "conversations", ConversationDraft),
    Kind("Contribution", "contribution", "contributions", "contributions", ContributionDraft, owner="personId"),
    Kind("TacitInsight", "tacitInsight", "tacitInsights", "tacit-insights", TacitInsightDraft, owner="heldById"),
    Kind("Holding", "holding", "holdings", "holdings", HoldingDraft, owner="byId"),
    Kind("Surfacing", "surfacing", "surfacings", "surfacings", SurfacingDraft, owner="byId"),
    Kind(
        "ExplicitKnowledge", "explicitKnowledge", "allExplicitKnowledge", "explicit-knowledge", ExplicitKnowledgeDraft
    ),
    Kind("Derivation", "derivation", "derivations", "derivations", DerivationDraft, owner="byIds"),
    Kind("Experiment", "experiment", "experiments", "experiments", ExperimentDraft, owner="byIds"),
    Kind("Amplification", "amplification", "amplifications", "amplifications", AmplificationDraft, owner="byId"),
    Kind("Observation", "observation", "observations", "observations", ObservationDraft, owner="byId"),
    Kind("Feedback", "givenFeedback", "allFeedback", "feedback", FeedbackDraft, owner="byId"),
    Kind("Support", "givenSupport", "allSupport", "support", SupportDraft, owner="byId"),
    Kind("Grant", "grant", "grants", "grants", GrantDraft, owner="byId"),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.label: kind for kind in _ALL})
"""Every kind by its label, in an order in which each links only to kinds before it or to its own."""
