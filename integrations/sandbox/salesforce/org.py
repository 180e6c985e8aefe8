"""One org as one user sees it: which objects and fields there are, which are hidden, and the rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from integrations.sandbox.salesforce import ids
from integrations.sandbox.salesforce.errors import not_found
from integrations.sandbox.salesforce.fields import Field
from integrations.sandbox.salesforce.objects import OBJECTS, SObject
from integrations.sandbox.state import Body
from integrations.sandbox.web import World


class Org:
    """Made anew for each request; nothing in it outlives the answer."""

    catalogue = {name.lower(): made for name, made in OBJECTS.items()}

    def __init__(self, world: World, org_id: str, user_id: str) -> None:
        self.world, self.id, self.user_id = world, org_id, user_id
        self._granted: dict[str, dict[str, bool]] | None = None
        self._visible: dict[str, dict[str, Field]] = {}

    # --- schema ---------------------------------------------------------------------------------------------
    def sobject(self, name: str) -> SObject:
        found = self.catalogue.get(name.lower())
        if found is None:
            raise not_found()
        return found

    def custom_fields(self, name: str) -> list[Field]:
        rows = self.world.store.all("custom_field", self.id)
        return [as_field(row["field"]) for row in rows if row["entity"] == name]

    def every_field(self, name: str) -> list[Field]:
        return [*self.sobject(name).fields, *self.custom_fields(name)]

    def visible(self, name: str) -> dict[str, Field]:
        """Fields the user may see, by lower-case name."""
        if name not in self._visible:
            self._visible[name] = self._find_visible(name)
        return self._visible[name]

    def _find_visible(self, name: str) -> dict[str, Field]:
        hidden = {word.lower() for word in self.world.faults.hidden("salesforce", self.id)}
        granted = self.granted().get(name, {})
        return {
            field.name.lower(): field
            for field in self.every_field(name)
            if (not field.custom or field.required or field.name in granted)
            and not hidden & {field.name.lower(), f"{name}.{field.name}".lower()}
        }

    def may_edit(self, name: str, field: Field) -> bool:
        if self.is_readonly():
            return False
        return not field.custom or field.required or self.granted().get(name, {}).get(field.name, False)

    def granted(self) -> dict[str, dict[str, bool]]:
        """Custom fields the user's permission sets open: object -> field -> may it be edited."""
        if self._granted is None:
            held = {
                row["PermissionSetId"]
                for row in self.live("PermissionSetAssignment")
                if row["AssigneeId"] == self.user_id
            }
            self._granted = {}
            for row in self.live("FieldPermissions"):
                if row["ParentId"] in held and row["PermissionsRead"]:
                    fields = self._granted.setdefault(row["SobjectType"], {})
                    name = row["Field"].partition(".")[2]
                    fields[name] = fields.get(name, False) or row["PermissionsEdit"]
        return self._granted

    def is_readonly(self) -> bool:
        return bool(self.world.faults.on("salesforce", self.id, "readonly_user"))

    # --- rows -----------------------------------------------------------------------------------------------
    def rows(self, name: str) -> list[Body]:
        return self.world.store.all(f"sf:{name}", self.id)

    def live(self, name: str) -> Iterable[Body]:
        return (row for row in self.rows(name) if not row["IsDeleted"])

    def row(self, name: str, record_id: str) -> Body | None:
        return self.world.store.get(f"sf:{name}", self.id, record_id)

    def insert(self, name: str, values: Body) -> Body:
        moment = stamp(self.world.clock.now())
        row: Body = {field.name: field.default for field in self.every_field(name) if field.type != "address"}
        row |= {
            "Id": ids.make(self.sobject(name).prefix, self.world.store.next_number(f"sf:{name}", 0x2A51)),
            "IsDeleted": False,
            "CreatedDate": moment,
            "CreatedById": self.user_id,
        }
        if "OwnerId" in row:
            row["OwnerId"] = self.user_id
        return self.save(name, row | values)

    def save(self, name: str, row: Body) -> Body:
        """Write a row as it is now; the system's own time stamps move."""
        moment = stamp(self.world.clock.now())
        row = row | {"LastModifiedDate": moment, "LastModifiedById": self.user_id, "SystemModstamp": moment}
        self.world.store.put(f"sf:{name}", self.id, row["Id"], row)
        if name in {"FieldPermissions", "PermissionSetAssignment"}:
            self.forget_permissions()
        return row

    def forget_permissions(self) -> None:
        """What the user may see has changed."""
        self._granted = None
        self._visible.clear()


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def as_field(row: dict[str, Any]) -> Field:
    return Field(**{**row, "values": tuple(row.get("values", ())), "refers_to": tuple(row.get("refers_to", ()))})
