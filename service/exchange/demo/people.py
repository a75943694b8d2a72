"""Organisations, the people in them, their positions and accounts."""

from random import Random

from service.exchange.demo.world import ALWAYS, LAST, Person, World, audience, instant, material, reference

_STANDING = {"patient": "patient", "peer worker": "patient", "carer": "carer", "volunteer": "carer"}
_CORPORATE = ("manager", "analyst", "receptionist", "porter")
_FORMER = ("healthcare assistant", "porter", "receptionist", "volunteer", "care worker", "teaching assistant")
_DIRECTORIES = {"aldermere": "aldermere-directory", "ambrey": "ambrey-directory", "harrowdale": "harrowdale-staff"}


def standing(profession: str) -> str:
    """On which side of the table a profession sits."""
    if profession in _STANDING:
        return _STANDING[profession]
    return "corporate" if profession.endswith(_CORPORATE) else "clinical"


def people(world: World) -> None:
    """Fill the groups with people; each group has its own mix of organisations and professions."""
    random = Random(f"{world.seed} people")
    names = _names(random, sum(group["size"] for group in material("world.toml")["group"]))
    for group in material("world.toml")["group"]:
        mix, weights = group["people"], [share for _, _, share in group["people"]]
        for _ in range(group["size"]):
            organisation, profession, _ = random.choices(mix, weights)[0]
            person = Person(
                index=len(world.people),
                name=names[len(world.people)],
                group=group["key"],
                region=group["region"],
                organisation=organisation,
                profession=profession,
                standing=standing(profession),
                joined=_joined(random),
                tells=min(random.lognormvariate(0.0, 0.85), 7.0),
            )
            if person.joined < 0 and random.random() < 0.04:
                person.left = random.uniform(200, LAST - 20)
            world.people.append(person)
            world.groups.setdefault(group["key"], []).append(person.index)
    world.listeners = [[] for _ in world.people]
    world.tellers = [[] for _ in world.people]


def _names(random: Random, count: int) -> list[str]:
    given, family = (material("names.toml")[part].split() for part in ("given", "family"))
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{random.choice(given)} {random.choice(family)}"] = None
    return list(found)


def _joined(random: Random) -> float:
    if random.random() < 0.74:
        return -random.uniform(20, 4200)
    return random.uniform(2, LAST - 120)


def record_people(world: World) -> None:
    """Write the rows of organisations, people, positions and accounts, and who belongs to which organisation."""
    random = Random(f"{world.seed} positions")
    for organisation in material("world.toml")["organisation"]:
        world.add(
            "Organisation",
            organisation["key"],
            -4500,
            {"name": organisation["name"], "description": organisation["description"]},
        )
        world.members[audience("organisation", organisation["key"])] = {}
    phrases = material("phrases.toml")["biography"]
    for person in world.people:
        world.members[audience("person", person.key)] = {person.index: (person.joined, ALWAYS)}
        world.add(
            "Person", person.key, person.joined, {"name": person.name, "biography": _biography(random, person, phrases)}
        )
        _positions(world, random, person)
        if person.organisation in _DIRECTORIES:
            account = {
                "source": _DIRECTORIES[person.organisation],
                "externalId": f"{person.index * 7 + 10_003}",
                "personId": person.ref,
            }
            world.add("Account", f"account-{person.index + 1:04d}", person.joined, account)


def _positions(world: World, random: Random, person: Person) -> None:
    current = {"profession": person.profession, "standing": person.standing, "from": instant(person.joined)}
    if person.left < ALWAYS:
        current["until"] = instant(person.left)
    current |= {"personId": person.ref, "organisationId": reference(person.organisation)}
    if random.random() < 0.14:
        before = person.joined - random.uniform(400, 2500)
        profession = random.choice(_FORMER) if person.standing in {"clinical", "corporate"} else "patient"
        organisation = random.choice(material("world.toml")["organisation"])["key"]
        earlier = {
            "profession": profession,
            "standing": standing(profession),
            "from": instant(before),
            "until": instant(person.joined - 30),
        }
        earlier |= {"personId": person.ref, "organisationId": reference(organisation)}
        world.add("Position", f"position-{person.index + 1:04d}-before", before, earlier)
    world.add("Position", f"position-{person.index + 1:04d}", person.joined, current)
    world.members[audience("organisation", person.organisation)][person.index] = (person.joined, person.left)


def _biography(random: Random, person: Person, phrases: dict[str, list[str]]) -> str:
    pool = phrases["lived" if person.standing in {"patient", "carer"} else "staff"]
    article = "an" if person.profession[0] in "aeiou" else "a"
    first = random.choice(phrases[person.standing]).format(
        profession=person.profession, article=article, Article=article.capitalize()
    )
    return f"{first} {random.choice(pool)}" + (f" {random.choice(phrases['last'])}" if random.random() < 0.6 else "")
