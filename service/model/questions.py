"""The questions that Retell answers, in one table: all that the doors need to know of each.

A question is declared once, by its parameters and its answer. From that come a field of GraphQL's `Query`, a route of
REST, a command, and what a job may be started with.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from service.model.amplifiers import Amplifiers, AmplifiersQuestion
from service.model.boundaries import BoundarySpanners, BoundarySpannersQuestion, BrokerageQuestion, PersonBrokerage
from service.model.cascades import Cascade, CascadeQuestion
from service.model.certainty import MembershipCertainty, MembershipCertaintyQuestion
from service.model.connections import NextConnections, NextConnectionsQuestion
from service.model.conventions import Conventions, ConventionsQuestion
from service.model.conversion import Conversion, ConversionQuestion
from service.model.credit import HiddenContributions, HiddenContributionsQuestion
from service.model.crossing import Crossing, CrossingQuestion, Diversity, DiversityQuestion
from service.model.detection import DetectedCommunities, DetectedCommunitiesQuestion
from service.model.diffusion import Diffusion, DiffusionQuestion
from service.model.era import EraProfile, EraProfileQuestion
from service.model.expertise import WhoKnows, WhoKnowsQuestion
from service.model.feed import CommunityFeed, CommunityFeedQuestion
from service.model.fields import DeclaredField, declared_fields
from service.model.grants import GrantsReceived, GrantsReceivedQuestion
from service.model.health import CommunityHealth, CommunityHealthQuestion
from service.model.histories import CommunityHistory, CommunityHistoryQuestion
from service.model.lineage import Lineage, LineageQuestion
from service.model.losses import KnowledgeAtRisk, KnowledgeAtRiskQuestion
from service.model.participation import (
    CommunityParticipation,
    CommunityParticipationQuestion,
    ParticipationCourse,
    ParticipationQuestion,
)
from service.model.paths import AmplificationPaths, AmplificationPathsQuestion
from service.model.purposes import (
    OnPurpose,
    OnPurposeQuestion,
    PurposesWithoutCommunity,
    PurposesWithoutCommunityQuestion,
)
from service.model.reach import Reach, ReachQuestion
from service.model.resolutions import CommunityResolutions, CommunityResolutionsQuestion
from service.model.uptake import Calibration, CalibrationQuestion
from service.model.what_if import WhatIf, WhatIfQuestion


@dataclass(frozen=True)
class Question:
    """One question: its name, what it asks in a sentence, and the types of its parameters and its answer."""

    name: str
    """GraphQL's field, and the operation of the OpenAPI contract."""
    tag: str
    """What it belongs to: `Amplification`, `Communities` ..."""
    summary: str
    """What it asks, as a sentence."""
    parameters: type
    answer: type
    path: str = ""
    """REST's address under /v1, with a parameter in braces where it names a thing; made of the name, else."""

    @cached_property
    def asks(self) -> Mapping[str, DeclaredField]:
        """The parameters, by their outer name."""
        return declared_fields(self.parameters)

    @property
    def words(self) -> str:
        """The name as an address and a command write it: `next-connections`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.name).lower()

    @property
    def address(self) -> str:
        """REST's address under /v1."""
        return self.path or self.words


_ALL = (
    Question(
        "calibration",
        "Amplification",
        "How well the chances that something is taken up foretold what happened, beside simpler ways.",
        CalibrationQuestion,
        Calibration,
    ),
    Question(
        "amplificationPaths",
        "Amplification",
        "The most probable paths along which something told would travel, each step with the evidence behind it.",
        AmplificationPathsQuestion,
        AmplificationPaths,
    ),
    Question(
        "reach",
        "Amplification",
        "How many others would take up what these people tell today, in which groups, and how much of it is chance.",
        ReachQuestion,
        Reach,
    ),
    Question(
        "amplifiers",
        "Amplification",
        "Whom to tell, so that the most people of a group are reached, or the most beside those whom a person reaches.",
        AmplifiersQuestion,
        Amplifiers,
    ),
    Question(
        "nextConnections",
        "Amplification",
        "Who should come to listen to a person, that what they tell may travel further, with what each would bring.",
        NextConnectionsQuestion,
        NextConnections,
    ),
    Question(
        "whatIf",
        "Amplification",
        "How reach, likely ways, whom to tell and new ties would change if people left, met, or communities joined.",
        WhatIfQuestion,
        WhatIf,
    ),
    Question(
        "knowledgeAtRisk",
        "Amplification",
        "What would be lost if somebody left: what they alone hold or carry, and how many hang on them alone.",
        KnowledgeAtRiskQuestion,
        KnowledgeAtRisk,
    ),
    Question(
        "cascade",
        "Amplification",
        "What became of something told: who carried it further, after whom, how far and how wide.",
        CascadeQuestion,
        Cascade,
        path="cascades/{item}",
    ),
    Question(
        "conversion",
        "Lineage",
        "How much of what was told came to be used, from telling to adoption, and how long each step takes.",
        ConversionQuestion,
        Conversion,
    ),
    Question(
        "diffusion",
        "Amplification",
        "How explicit knowledge spread: its curve, who was early and who late, and how it may go on.",
        DiffusionQuestion,
        Diffusion,
        path="diffusions/{knowledge}",
    ),
    Question(
        "lineage",
        "Lineage",
        "The derivations, insights, surfacings, stories and people that a piece of knowledge came out of.",
        LineageQuestion,
        Lineage,
        path="lineages/{knowledge}",
    ),
    Question(
        "crossing",
        "Communities",
        "How far people listen inside their group and beyond it: the mixing matrix and the E-I index.",
        CrossingQuestion,
        Crossing,
    ),
    Question(
        "diversity",
        "Communities",
        "Who is in a community and who is heard in it, by standing or profession.",
        DiversityQuestion,
        Diversity,
    ),
    Question(
        "communityHealth",
        "Communities",
        "A community's health at a glance: new voices, newcomers, replies, who speaks and whether it comes back.",
        CommunityHealthQuestion,
        CommunityHealth,
    ),
    Question(
        "communityFeed",
        "Communities",
        "What is told and made in a community, for its members alone, the newest first.",
        CommunityFeedQuestion,
        CommunityFeed,
    ),
    Question(
        "onPurpose",
        "Communities",
        "Who shares a purpose, who of them is not connected yet, and what brings them together.",
        OnPurposeQuestion,
        OnPurpose,
    ),
    Question(
        "purposesWithoutCommunity",
        "Communities",
        "The purposes that people hold and no community pursues.",
        PurposesWithoutCommunityQuestion,
        PurposesWithoutCommunity,
    ),
    Question(
        "eraProfile",
        "Communities",
        "Whether an organisation works as in the industrial age or the social era: four indicators over time.",
        EraProfileQuestion,
        EraProfile,
    ),
    Question(
        "hiddenContributions",
        "Lineage",
        "Whose work made adopted knowledge possible without being seen: credit along its lineage, beside authorship.",
        HiddenContributionsQuestion,
        HiddenContributions,
    ),
    Question(
        "whoKnows",
        "Lineage",
        "Who knows about a topic, by what others had use of, and who of them would answer.",
        WhoKnowsQuestion,
        WhoKnows,
    ),
    Question(
        "detectedCommunities",
        "Communities",
        "The communities that who listens to whom shows, and how far they agree with the declared ones.",
        DetectedCommunitiesQuestion,
        DetectedCommunities,
    ),
    Question(
        "communityResolutions",
        "Communities",
        "What each resolution finds in who listens to whom, how stable it is, and which one the ties speak for.",
        CommunityResolutionsQuestion,
        CommunityResolutions,
    ),
    Question(
        "membershipCertainty",
        "Communities",
        "How certain it is who belongs to which detected community, had a little else been seen of the ties.",
        MembershipCertaintyQuestion,
        MembershipCertainty,
    ),
    Question(
        "communityHistory",
        "Communities",
        "How the detected communities came, grew, merged, split and went.",
        CommunityHistoryQuestion,
        CommunityHistory,
    ),
    Question(
        "boundarySpanners",
        "Communities",
        "Who connects groups that would otherwise not hear of each other, and which groups nobody connects.",
        BoundarySpannersQuestion,
        BoundarySpanners,
    ),
    Question(
        "brokerage",
        "Communities",
        "Where somebody stands between groups, and what of the contact between these hangs on them.",
        BrokerageQuestion,
        PersonBrokerage,
        path="brokerages/{person}",
    ),
    Question(
        "participation",
        "Communities",
        "One's own way into a community: from the edge to the centre or not, and who helped.",
        ParticipationQuestion,
        ParticipationCourse,
        path="participations/{person}",
    ),
    Question(
        "communityParticipation",
        "Communities",
        "How the members of one's community take part, and how long the way to full participation takes.",
        CommunityParticipationQuestion,
        CommunityParticipation,
        path="community-participations/{community}",
    ),
    Question(
        "grantsReceived",
        "Communities",
        "What others have opened to oneself of what is told to each of them alone.",
        GrantsReceivedQuestion,
        GrantsReceived,
    ),
    Question(
        "conventions",
        "Communities",
        "What this network calls the stages of a community, and the layers of the collaboration pyramid.",
        ConventionsQuestion,
        Conventions,
    ),
)

QUESTIONS: Mapping[str, Question] = MappingProxyType({question.name: question for question in _ALL})
"""Every question by its name."""
