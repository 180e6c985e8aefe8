"""The second wall of tenancy, derived from the models: `secure()` puts it up, again after every migration.

PostgreSQL: two roles that own nothing, row-level security by company, composite foreign keys, append-only grants.
SQLite has neither roles nor policies: there only the append-only tables are guarded, by triggers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name
from django.db.models.options import Options

ROLES = ("interweave_web", "interweave_worker")
COMPANY = "onboarding.Company"

# A person may read the companies they belong to, and the bearer of an invitation the one that invites: sign-in and
# the invitation's page join the company before its context can be known.
_COMPANY_DOOR = """id IN (
    SELECT company_id FROM onboarding_member
     WHERE removed_at IS NULL AND user_id = nullif(current_setting('app.user', true), '')::bigint
    UNION ALL
    SELECT company_id FROM onboarding_invitation WHERE digest = current_setting('app.token_digest', true))"""

# Scalar sub-selects: the planner evaluates each once per statement, not once per row.
_OWN = "{column} = (SELECT nullif(current_setting('app.company', true), '')::bigint)"
_STAFF = "(SELECT current_setting('app.staff', true) = 'on')"
_SETTING = re.compile(
    r"nullif\(current_setting\('[a-z._]+', true\), ''\)(?:::\w+)?|current_setting\('[a-z._]+', true\)"
)
_TOKEN_FUNCTIONS = Path(__file__).parent / "postgresql" / "token_functions.sql"


@dataclass(frozen=True)
class Link:
    """A foreign key from one walled table to another."""

    column: str
    target: str
    is_nullable: bool


@dataclass(frozen=True)
class Wall:
    """One table behind row-level security: by its company's column, or through the rows it belongs to."""

    table: str
    company_column: str  # empty: the table has no company and follows `links`
    links: tuple[Link, ...]
    row_policy: str
    append_only: bool

    @property
    def condition(self) -> str:
        """SQL that is true for rows this context may read and write."""
        if self.company_column:
            return f"{_OWN.format(column=self.company_column)} OR {_STAFF}"
        parents = [
            f"EXISTS (SELECT 1 FROM {link.target} parent WHERE parent.id = {self.table}.{link.column})"  # noqa: S608
            for link in self.links
            if not link.is_nullable
        ]
        return f"({' AND '.join(parents) or 'false'}) OR {_STAFF}"


def walls() -> list[Wall]:
    """Every table that belongs to companies: with a `company`, the company itself, or a row that points at one.

    And every table that is staff's alone (`staff_only` on its model), with the rows that point at it.
    """
    registered = [_options(model) for model in apps.get_models(include_auto_created=True)]
    ours = [options for options in registered if options.managed and not options.proxy and not options.swapped]
    walled = {
        options.db_table for options in ours if _company_column(options) or getattr(options.model, "staff_only", False)
    }
    while children := {options.db_table for options in ours if _links(options, walled)} - walled:
        walled |= children
    return [
        Wall(
            table=options.db_table,
            company_column=_company_column(options),
            links=tuple(_links(options, walled)),
            row_policy=getattr(options.model, "row_policy", _COMPANY_DOOR if options.label == COMPANY else ""),
            append_only=getattr(options.model, "append_only", False),
        )
        for options in sorted(ours, key=lambda options: options.db_table)
        if options.db_table in walled
    ]


def _options(model: type[models.Model]) -> Options:
    return model._meta


def _company_column(options: Options) -> str:
    """The column that names the row's company; empty when there is none."""
    if options.label == COMPANY:
        return str(options.pk.column)
    company = _options(apps.get_model(COMPANY))
    return next((column for name, column, target, _ in _keys(options) if (name, target) == ("company", company)), "")


def _links(options: Options, walled: set[str]) -> list[Link]:
    """The foreign keys to walled tables, other than the company's own."""
    own = _company_column(options)
    return [
        Link(column, target.db_table, is_nullable)
        for _, column, target, is_nullable in _keys(options)
        if target.db_table in walled and column != own
    ]


def _keys(options: Options) -> Iterator[tuple[str, str, Options, bool]]:
    """Name, column, target and nullability of each foreign key."""
    for field in options.concrete_fields:
        if isinstance(field.related_model, type):
            yield field.name, str(field.column), _options(field.related_model), field.null


def secure(using: str = DEFAULT_DB_ALIAS) -> list[Wall]:
    """Put up, or renew, the wall around every tenant table; run it as the tables' owner after each migration.

    Safe to run again. Raises DatabaseError when the login role may not (it has to own the tables).
    """
    connection = connections[using]
    found = walls()
    if connection.vendor == "sqlite":
        _run(connection, [sql for wall in found if wall.append_only for sql in _append_only_triggers(wall.table)])
    elif connection.vendor == "postgresql":
        with as_owner(using):
            _secure_postgresql(connection, found)
    return found


@contextmanager
def as_owner(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Inside the block append-only tables may be emptied and (on PostgreSQL) every row is the login role's to touch.

    For migrations, the tests' flush, and tests that tamper with the audit trail on purpose; never for requests.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.as_owner():  # type: ignore[attr-defined]
            yield
        return
    guarded = [wall.table for wall in walls() if wall.append_only and _has_triggers(connection, wall.table)]
    _run(connection, [f"DROP TRIGGER {table}_no_{verb}" for table in guarded for verb in ("update", "delete")])
    try:
        yield
    finally:
        _run(connection, [sql for table in guarded for sql in _append_only_triggers(table)])


def bypass(using: str = DEFAULT_DB_ALIAS) -> str:
    """Why row-level security does not hold for this process, in words; empty when it does."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return f"{connection.display_name} has no row-level security: only the first wall stands."
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles r WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR EXISTS"
            " (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relrowsecurity))"
        )
        row = cursor.fetchone()
    return f"This process works as {row[0]}, who stands above row-level security: set DATABASE_ROLE." if row else ""


# --- SQLite ------------------------------------------------------------------------------------------------------


def _append_only_triggers(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


def _has_triggers(connection: BaseDatabaseWrapper, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = %s", [f"{table}_no_update"])
        return cursor.fetchone() is not None


# --- PostgreSQL --------------------------------------------------------------------------------------------------


def _secure_postgresql(connection: BaseDatabaseWrapper, found: list[Wall]) -> None:
    with transaction.atomic(using=connection.alias):
        _run(connection, [_create_role(role) for role in ROLES])
        _run(connection, _grants(found))
        _run(connection, [sql for wall in found for sql in _changed_policies(connection, wall)])
        _add_constraints(connection, found)
        _run(connection, [_TOKEN_FUNCTIONS.read_text()])


def _create_role(role: str) -> str:
    """Roles belong to the whole server: another process may be creating the same one, or may alone have the right."""
    return f"""DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
        END IF;
        IF NOT pg_has_role(session_user, '{role}', 'MEMBER') THEN
            EXECUTE format('GRANT {role} TO %I', session_user);
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN RAISE; END IF;
    END $$"""  # noqa: S608


def _grants(found: list[Wall]) -> list[str]:
    roles = ", ".join(ROLES)
    read_only = [wall.table for wall in found if wall.append_only]
    return [
        f"GRANT USAGE ON SCHEMA public TO {roles}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {roles}" for table in read_only),
        f"""DO $$ BEGIN
            IF to_regclass('django_migrations') IS NOT NULL THEN
                REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {roles};
            END IF;
        END $$""",
    ]


def _changed_policies(connection: BaseDatabaseWrapper, wall: Wall) -> list[str]:
    """Nothing for a wall that stands as it should: changing policies locks the table against everybody."""
    wanted = _policies(wall)
    stamp = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(p.oid, 'pg_policy') FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " WHERE p.polname = 'tenant_wall' AND c.oid = to_regclass(%s) AND c.relrowsecurity AND c.relforcerowsecurity",
            [wall.table],
        )
        if cursor.fetchone() == (stamp,):
            return []
    return [*wanted, f"COMMENT ON POLICY tenant_wall ON {wall.table} IS '{stamp}'"]


def _policies(wall: Wall) -> list[str]:
    """Reads and writes by company or staff; the extra condition only ever lets a row be read."""
    roles = ", ".join(ROLES)
    table, condition = wall.table, wall.condition
    extra = _SETTING.sub(r"(SELECT \g<0>)", wall.row_policy)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS tenant_wall ON {table}",
        f"CREATE POLICY tenant_wall ON {table} TO {roles} USING ({condition}) WITH CHECK ({condition})",
        f"DROP POLICY IF EXISTS tenant_door ON {table}",
        *([f"CREATE POLICY tenant_door ON {table} FOR SELECT TO {roles} USING ({extra})"] if extra else []),
        f"DROP POLICY IF EXISTS owner_free ON {table}",
        # FORCE binds the owner too; migrations and backups by the owner see everything, by this policy.
        f"CREATE POLICY owner_free ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
    ]


def _add_constraints(connection: BaseDatabaseWrapper, found: list[Wall]) -> None:
    """Foreign keys are checked past row-level security: a second key over (company_id, id) closes that hole."""
    wanted = dict(_same_company_constraints(found))
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname = ANY(%s)", [list(wanted)])
        there = {name for (name,) in cursor.fetchall()}
    _run(connection, [sql for name, sql in wanted.items() if name not in there])


def _same_company_constraints(found: list[Wall]) -> Iterator[tuple[str, str]]:
    """Name and SQL of each: first the targets' unique keys, then the foreign keys that need them."""
    with_company = {wall.table: wall.company_column for wall in found if wall.company_column not in ("", "id")}
    links = [
        (table, link)
        for table in with_company
        for link in next(wall.links for wall in found if wall.table == table)
        if link.target in with_company
    ]
    for target in sorted({link.target for _, link in links}):
        name = _name(target, "company_id_id")
        yield name, f"ALTER TABLE {target} ADD CONSTRAINT {name} UNIQUE ({with_company[target]}, id)"
    for table, link in links:
        name = _name(table, link.column, "same_company")
        yield (
            name,
            (
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({with_company[table]}, {link.column})"
                f" REFERENCES {link.target} ({with_company[link.target]}, id) DEFERRABLE INITIALLY DEFERRED"
            ),
        )


def _name(*parts: str) -> str:
    """Short enough for the server, which would cut a longer name so that the next run would not find it."""
    return truncate_name("_".join(parts), 60)


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
