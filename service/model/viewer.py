"""Who is asking: a principal, what its key may do, and the set of audiences that it belongs to."""

from dataclasses import dataclass

from service.model.vocabulary import Vocabulary

EVERYONE = "everyone"


class Scope(Vocabulary):
    """What a key may do. Whoever may write may read as well what its person may see."""

    read = "read", "Read what its person may see."
    contribute = "contribute", "Write as its own person, and change what that person wrote."
    integrate = "integrate", "Write on anybody's behalf, in bulk too, whatever it can see."
    administer = "administer", "Make keys, run Cypher; includes the three above. Opens no confidence by itself."


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """A principal with the audiences it belongs to. Visibility is `item.audience IN viewer.audiences`, nothing else."""

    principal: str
    """The id of the key, or `operator` for who holds the machine."""
    person_id: str | None
    audiences: tuple[str, ...]
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Whether the key has a scope, of itself or as an administrator."""
        return scope in self.scopes or Scope.administer in self.scopes

    @property
    def may_write_for_others(self) -> bool:
        """Whether it writes on anybody's behalf."""
        return self.may(Scope.integrate)
