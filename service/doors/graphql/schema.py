"""The schema: what can be asked and done, put together from the door's modules."""

from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from service.doors.graphql.conventions import ConventionsMutations
from service.doors.graphql.items import item_types
from service.doors.graphql.jobs import JobMutations, JobQuestions
from service.doors.graphql.mutations import mutation_type
from service.doors.graphql.queries import item_queries
from service.doors.graphql.questions import question_fields
from service.doors.graphql.scalars import SCALARS
from service.doors.graphql.search import SearchQuestions
from service.doors.graphql.subscriptions import Subscription
from service.doors.graphql.viewer import ViewerQuestions


class _Schema(strawberry.Schema):
    """The schema, whose refusals are the door's to log."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: it would be the text of the document, with all that somebody tells in it."""


@lru_cache(maxsize=1)
def schema() -> strawberry.Schema:
    """The schema that the door serves; `schema/schema.graphql` is its text."""
    questions: Any = type(
        "Query",
        (
            item_queries(),
            ViewerQuestions,
            question_fields(),
            JobQuestions,
            SearchQuestions,
        ),
        {"__doc__": "What can be asked."},
    )
    mutations: Any = type(
        "Mutation", (mutation_type(), JobMutations, ConventionsMutations), {"__doc__": "What can be done."}
    )
    return _Schema(
        query=strawberry.type(questions, description="What can be asked."),
        mutation=strawberry.type(mutations, description="What can be done."),
        subscription=Subscription,
        types=list(item_types().values()),
        config=StrawberryConfig(scalar_map=SCALARS, sort_schema=True),
    )
