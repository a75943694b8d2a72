"""The kinds of item there are, in one table: all that the doors, the graph and the files need to know of a noun."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from service.model.amplification import AmplificationDraft
from service.model.communities import CommunityDraft, MembershipDraft, PurposeDraft, StageChangeDraft
from service.model.conversations import ContributionDraft, ConversationDraft
from service.model.evidence import FeedbackDraft, ObservationDraft, SupportDraft
from service.model.insights import SurfacingDraft, TacitInsightDraft
from service.model.items import Draft, Link, Recorded, RecordedText, TextDraft
from service.model.knowledge import DerivationDraft, ExplicitKnowledgeDraft
from service.model.organisations import OrganisationDraft, PositionDraft
from service.model.people import AccountDraft, PersonDraft
from service.model.stories import StoryDraft
from service.model.topics import TopicDraft


@dataclass(frozen=True, slots=True)
class FieldOfKind:
    """One field of a noun, as every room knows it."""

    name: str
    """As callers and the graph write it, in camelCase."""
    attribute: str
    """As Python writes it."""
    type: Any
    """The Python type without its annotations: `str`, `datetime`, an enum, `int`, `bool` or `list[str]`."""
    optional: bool
    """Whether it may be null."""
    required: bool
    """Whether a caller must give it."""
    description: str
    link: Link | None = None

    @property
    def many(self) -> bool:
        """Whether it is a list of links."""
        return get_origin(self.type) is list


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
    def given(self) -> Mapping[str, FieldOfKind]:
        """The fields that a caller gives, by their outer name."""
        fields: dict[str, FieldInfo] = self.draft.__pydantic_fields__  # type: ignore[attr-defined]
        hints = get_type_hints(self.draft, include_extras=True)
        found = (_field(attribute, info, hints[attribute]) for attribute, info in fields.items())
        return MappingProxyType({field.name: field for field in found})

    @cached_property
    def recorded(self) -> Mapping[str, FieldOfKind]:
        """The fields that are shown: the given ones and those that the service adds."""
        added = {**_added(Recorded), **(_added(RecordedText) if self.has_text else {})}
        return MappingProxyType({**added, **{name: field for name, field in self.given.items() if name not in added}})

    @cached_property
    def links(self) -> Mapping[str, FieldOfKind]:
        """The fields that lead to other items."""
        return MappingProxyType({name: field for name, field in self.given.items() if field.link})

    @property
    def named(self) -> bool:
        """Whether its items have a name to sort by."""
        return "name" in self.given


def _field(attribute: str, info: FieldInfo, hint: Any) -> FieldOfKind:
    bare, link = _unwrapped(hint)
    options = get_args(bare) if get_origin(bare) in {Union, UnionType} else (bare,)
    real = [_unwrapped(option)[0] for option in options if option is not type(None)]
    link = link or next((found for option in options if (found := _unwrapped(option)[1])), None)
    element = list[str] if get_origin(real[0]) is list else real[0]
    return FieldOfKind(
        name=info.alias or to_camel(attribute),
        attribute=attribute,
        type=element,
        optional=type(None) in options,
        required=info.is_required(),
        description=info.description or "",
        link=link,
    )


def _unwrapped(hint: Any) -> tuple[Any, Link | None]:
    link = None
    while get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        link = link or next((extra for extra in extras if isinstance(extra, Link)), None)
    return hint, link


def _added(cls: type) -> dict[str, FieldOfKind]:
    hints = get_type_hints(cls)
    return {
        to_camel(name): FieldOfKind(
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
    Kind("Community", "community", "communities", "communities", CommunityDraft),
    Kind("StageChange", "stageChange", "stageChanges", "stage-changes", StageChangeDraft),
    Kind("Membership", "membership", "memberships", "memberships", MembershipDraft, owner="personId"),
    Kind("Topic", "topic", "topics", "topics", TopicDraft),
    Kind("Story", "story", "stories", "stories", StoryDraft, owner="tellerId"),
    Kind("Conversation", "conversation", "conversations", "conversations", ConversationDraft),
    Kind("Contribution", "contribution", "contributions", "contributions", ContributionDraft, owner="personId"),
    Kind("TacitInsight", "tacitInsight", "tacitInsights", "tacit-insights", TacitInsightDraft, owner="heldById"),
    Kind("Surfacing", "surfacing", "surfacings", "surfacings", SurfacingDraft, owner="byId"),
    Kind(
        "ExplicitKnowledge", "explicitKnowledge", "allExplicitKnowledge", "explicit-knowledge", ExplicitKnowledgeDraft
    ),
    Kind("Derivation", "derivation", "derivations", "derivations", DerivationDraft, owner="byIds"),
    Kind("Amplification", "amplification", "amplifications", "amplifications", AmplificationDraft, owner="byId"),
    Kind("Observation", "observation", "observations", "observations", ObservationDraft, owner="byId"),
    Kind("Feedback", "givenFeedback", "allFeedback", "feedback", FeedbackDraft, owner="byId"),
    Kind("Support", "givenSupport", "allSupport", "support", SupportDraft, owner="byId"),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.label: kind for kind in _ALL})
"""Every kind by its label, in an order in which each links only to kinds before it or to its own."""
