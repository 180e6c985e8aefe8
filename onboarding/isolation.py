"""What row-level security does not cover by itself, read from PostgreSQL's own catalogue: `gaps()` lists each hole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from onboarding import row_security
from onboarding.row_security import ROLES

# Unique over all companies on purpose. A clash tells a writer that the value exists somewhere, so each needs a reason.
_SERIES = "given out by the portal's own series, never typed by a customer"
_SECRET = "SHA-256 of a random secret"  # noqa: S105 - a reason, not a secret
_RANDOM = "made by the portal, random"
SHARED_UNIQUE = {
    ("onboarding_agreement", "number"): _SERIES,
    ("onboarding_apitoken", "digest"): _SECRET,
    ("onboarding_bankentry", "account, bank_reference"): "our own bank's, seen by staff alone",
    ("onboarding_bankstatement", "sha256"): "of our own bank's file, seen by staff alone",
    ("onboarding_checkout", "session_id"): "Stripe's own id",
    ("onboarding_checkout", "uuid"): _RANDOM,
    ("onboarding_company", "country, registration_key"): "one company registers once; registering says so on purpose",
    ("onboarding_consent", "digest"): _SECRET,
    ("onboarding_creditnote", "number"): _SERIES,
    ("onboarding_document", "uuid"): _RANDOM,
    ("onboarding_door", "digest"): _SECRET,
    ("onboarding_partialupload", "uuid"): _RANDOM,
    ("onboarding_engagement", "reference"): _SERIES,
    ("onboarding_invitation", "digest"): _SECRET,
    ("onboarding_invoice", "number"): _SERIES,
    ("onboarding_invoice", "remittance_reference"): _SERIES,
    ("onboarding_registration", "number"): _SERIES,
    ("onboarding_registration", "workspace"): "a name on the Solutions Portal, like a user name: taken is taken",
    ("onboarding_seal", "sha256"): "of a file the portal made and sealed",
    ("onboarding_testrun", "tag"): _RANDOM,
}


def gaps(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Every gap as one sentence; empty when the wall is whole. Reads pg_catalog only, as any role.

    Raises ValueError on a database without row-level security.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        raise ValueError(row_security.bypass(using))
    looks = (_open_tables, _foreign_keys, _unique_indexes, _views, _definer_functions, _roles, _append_only)
    return [gap for look in looks for gap in look(connection)]


def _rows(connection: BaseDatabaseWrapper, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _open_tables(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """A tenant table without policies, or whose owner is not bound by them (FORCE)."""
    walled = [wall.table for wall in row_security.walls()]
    tables = _rows(
        connection,
        """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
                  ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1),
                  EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_wall'
                          AND pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid)
                          AND pg_get_expr(p.polqual, c.oid) ~ 'app\\.staff')
           FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
             AND (c.relname = ANY(%s) OR EXISTS (SELECT FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped))
           ORDER BY 1""",
        [walled],
    )
    known = {"tenant_wall", "tenant_door", "owner_free"}
    for table, enabled, forced, policies, is_whole in tables:
        if not enabled:
            yield f"{table}: row-level security is off."
        if not forced:
            yield f"{table}: its owner is not bound (FORCE ROW LEVEL SECURITY is missing)."
        if not is_whole:
            yield f"{table}: the policy tenant_wall is missing or does not bind reads and writes alike."
        if strange := sorted(set(policies) - known):
            yield f"{table}: unknown policies widen it: {', '.join(strange)}."


# Tables with a company column, and single-column foreign keys between two of them that a composite key doubles.
_COMPANY_TABLES = """company_tables AS (
    SELECT c.oid, c.relname, a.attnum FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
       AND a.attname = 'company_id' AND NOT a.attisdropped
), links AS (
    SELECT f.conname, f.conrelid, f.confrelid, f.conkey[1] AS column_number, s.relname AS source, t.relname AS target,
           EXISTS (SELECT FROM pg_constraint twin
                    WHERE twin.contype = 'f' AND twin.conrelid = f.conrelid AND twin.confrelid = f.confrelid
                      AND twin.convalidated AND cardinality(twin.conkey) = 2
                      AND twin.conkey @> ARRAY[s.attnum, f.conkey[1]]
                      AND twin.confkey @> ARRAY[t.attnum, f.confkey[1]]) AS is_doubled
      FROM pg_constraint f
      JOIN company_tables s ON s.oid = f.conrelid JOIN company_tables t ON t.oid = f.confrelid
     WHERE f.contype = 'f' AND cardinality(f.conkey) = 1
)"""


def _foreign_keys(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Foreign keys are checked past the policies: without (company_id, id) a row may point at another company's."""
    sql = f"WITH {_COMPANY_TABLES} SELECT source, conname, target FROM links WHERE NOT is_doubled ORDER BY 1, 2"  # noqa: S608
    for source, name, target in _rows(connection, sql):
        yield f"{source}: {name} may point at another company's {target} (no key over company_id and id)."


def _unique_indexes(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """A unique index over all companies tells a writer that a value exists elsewhere.

    Per company are: an index with company_id, and one with a foreign key that a composite key ties to the company.
    """
    sql = f"""WITH {_COMPANY_TABLES}
        SELECT c.relname, i.indexrelid::regclass::text,
               ARRAY(SELECT a.attname::text FROM pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey) ORDER BY 1)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE i.indisunique AND NOT i.indisprimary AND c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM company_tables t WHERE t.oid = c.oid AND t.attnum = ANY(i.indkey))
           AND NOT EXISTS (SELECT FROM links l WHERE l.conrelid = c.oid AND l.is_doubled
                            AND l.column_number = ANY(i.indkey))
           AND EXISTS (SELECT FROM company_tables t WHERE t.oid = c.oid
                       UNION ALL SELECT WHERE c.relname = 'onboarding_company')
         ORDER BY 1, 2"""  # noqa: S608
    for table, index, columns in _rows(connection, sql):
        if (table, ", ".join(columns)) not in SHARED_UNIQUE:
            yield f"{table}: {index} is unique over all companies ({', '.join(columns)})."


def _views(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """A view reads with its owner's rights unless told otherwise; a materialised view has no policies at all."""
    sql = """SELECT relname, relkind = 'm' FROM pg_class
              WHERE relnamespace = 'public'::regnamespace
                AND (relkind = 'm' OR relkind = 'v'
                     AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on'])"""
    for view, is_materialised in _rows(connection, sql):
        why = "keeps rows of all companies" if is_materialised else "reads as its owner (security_invoker is off)"
        yield f"{view}: the view {why}."


def _definer_functions(connection: BaseDatabaseWrapper) -> Iterator[str]:
    sql = """SELECT p.proname FROM pg_proc p
              WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY 1"""
    for (function,) in _rows(connection, sql):
        yield f"{function}(): the function runs with its owner's rights (SECURITY DEFINER)."


def _roles(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """The roles of web and workers: no superuser, no BYPASSRLS, owners of nothing, members of nobody who is."""
    sql = """SELECT r.rolname, who.rolname, who.rolsuper OR who.rolbypassrls,
                    EXISTS (SELECT FROM pg_class c WHERE c.relowner = who.oid AND c.relkind IN ('r', 'p', 'v', 'm'))
               FROM pg_roles r JOIN pg_roles who ON pg_has_role(r.oid, who.oid, 'MEMBER')
              WHERE r.rolname = ANY(%s) ORDER BY 1, 2"""
    found = _rows(connection, sql, [list(ROLES)])
    for role in sorted(set(ROLES) - {row[0] for row in found}):
        yield f"{role}: the role does not exist."
    for role, who, bypasses, owns in found:
        if bypasses:
            yield f"{role}: works with the rights of {who}, who bypasses row-level security."
        if owns:
            yield f"{role}: works with the rights of {who}, who owns tables."


def _append_only(connection: BaseDatabaseWrapper) -> Iterator[str]:
    tables = [wall.table for wall in row_security.walls() if wall.append_only]
    sql = """SELECT r.rolname, t.name, p.privilege FROM pg_roles r, unnest(%s) t(name),
                    unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p(privilege)
              WHERE r.rolname = ANY(%s) AND has_table_privilege(r.oid, t.name, p.privilege) ORDER BY 1, 2, 3"""
    for role, table, privilege in _rows(connection, sql, [tables, list(ROLES)]):
        yield f"{table}: {role} may {privilege}, though it is append-only."
