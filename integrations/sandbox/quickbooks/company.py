"""One company's books as one call sees them: rows, ids, time stamps, what is hidden."""

from datetime import UTC, datetime, timedelta, timezone

from integrations.sandbox.quickbooks.entities import ENTITIES, Entity
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

# Intuit writes times with the Pacific offset, so a client that drops offsets is eight hours out.
PACIFIC = timezone(timedelta(hours=-8))


class Company:
    """Made anew for each request."""

    def __init__(self, world: World, realm: str, *, enhanced: bool = False) -> None:
        self.world, self.realm, self.enhanced = world, realm, enhanced

    @property
    def facts(self) -> Body:
        return self.world.store.get("qb_company", "", self.realm) or {}

    def rows(self, name: str) -> list[Body]:
        return self.world.store.all(f"qb:{name}", self.realm)

    def row(self, name: str, record_id: str) -> Body | None:
        return self.world.store.get(f"qb:{name}", self.realm, str(record_id))

    def insert(self, name: str, values: Body) -> Body:
        moment = self.stamp()
        number = self.world.store.next_number(f"qb:{ENTITIES[name].numbers}:{self.realm}")
        row = values | {
            "Id": str(number),
            "SyncToken": "0",
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }
        self.keep(name, row)
        return row

    def keep(self, name: str, row: Body) -> None:
        self.world.store.put(f"qb:{name}", self.realm, row["Id"], row)

    def save(self, name: str, row: Body, values: Body) -> Body:
        """The row with new values: its token goes up by one, its time stamp moves."""
        times = {**row["MetaData"], "LastUpdatedTime": self.stamp()}
        changed = values | {"Id": row["Id"], "SyncToken": str(int(row["SyncToken"]) + 1), "MetaData": times}
        self.keep(name, changed)
        return changed

    def remove(self, name: str, row: Body) -> None:
        self.world.store.remove(f"qb:{name}", self.realm, row["Id"])
        self.world.store.put(f"qb_gone:{name}", self.realm, row["Id"], {"Id": row["Id"], "at": self.stamp()})

    def gone(self, name: str) -> list[Body]:
        return self.world.store.all(f"qb_gone:{name}", self.realm)

    def stamp(self) -> str:
        return self.world.clock.now().astimezone(PACIFIC).isoformat(timespec="seconds")

    def hidden(self, entity: Entity) -> set[str]:
        words = self.world.faults.hidden("quickbooks", self.realm)
        return {word.rpartition(".")[2] for word in words if word.partition(".")[0] in {entity.name, word}}

    def shown(self, entity: Entity, row: Body) -> Body:
        """A row as the API returns it."""
        hidden = self.hidden(entity)
        body = {name: value for name, value in row.items() if name not in hidden}
        if entity.name in {"Customer", "Vendor"} and not self.enhanced:
            body.pop("CustomField", None)
        return body | {"domain": "QBO", "sparse": False}

    def definitions(self) -> list[Body]:
        """Custom field definitions of the new kind."""
        return self.world.store.all("qb_definition", self.realm)

    def count_created(self, name: str) -> None:
        row = self.world.store.get("created", self.realm, name)
        self.world.store.put("created", self.realm, name, {"count": (row["count"] if row else 0) + 1})


def moment_of(text: str) -> datetime | None:
    """A time as Intuit or a caller writes it; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
