"""The search of PostgreSQL's catalogue: each hole made on purpose is named, and nothing else."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from onboarding import isolation, row_security

HOLES = {
    "policies off": (
        "ALTER TABLE onboarding_note DISABLE ROW LEVEL SECURITY",
        "onboarding_note: row-level security is off.",
    ),
    "owner not bound": (
        "ALTER TABLE onboarding_note NO FORCE ROW LEVEL SECURITY",
        "onboarding_note: its owner is not bound (FORCE ROW LEVEL SECURITY is missing).",
    ),
    "a policy too wide": (
        "CREATE POLICY everybody ON onboarding_note USING (true)",
        "onboarding_note: unknown policies widen it: everybody.",
    ),
    "writes unbound": (
        "ALTER POLICY tenant_wall ON onboarding_note WITH CHECK (true)",
        "onboarding_note: the policy tenant_wall is missing or does not bind reads and writes alike.",
    ),
    "plain foreign key": (
        "ALTER TABLE onboarding_note DROP CONSTRAINT onboarding_note_engagement_id_same_company",
        r"onboarding_note: \w+ may point at another company's onboarding_engagement \(no key over company_id and id\).",
    ),
    "unique over all": (
        "CREATE UNIQUE INDEX note_by ON onboarding_note (by)",
        "onboarding_note: note_by is unique over all companies (by).",
    ),
    "view of the owner": (
        "CREATE VIEW everything AS SELECT * FROM onboarding_note",
        "everything: the view reads as its owner (security_invoker is off).",
    ),
    "materialised view": (
        "CREATE MATERIALIZED VIEW everything AS SELECT * FROM onboarding_note",
        "everything: the view keeps rows of all companies.",
    ),
    "function of the owner": (
        "CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM onboarding_note'",
        "peek(): the function runs with its owner's rights (SECURITY DEFINER).",
    ),
    "events editable": (
        "GRANT UPDATE ON onboarding_event TO interweave_worker",
        "onboarding_event: interweave_worker may UPDATE, though it is append-only.",
    ),
    "role owns a table": (
        "ALTER TABLE onboarding_referenceseries OWNER TO interweave_web",
        "interweave_web: works with the rights of interweave_web, who owns tables.",
    ),
}


@pytest.mark.postgresql
@pytest.mark.django_db
class TestPostgreSQL:
    def test_the_wall_is_whole(self):
        said = StringIO()

        call_command("isolation_check", "--this-process", stdout=said)

        assert said.getvalue() == "The wall is whole: no gap found.\n"

    @pytest.mark.parametrize(("hole", "words"), HOLES.values(), ids=HOLES)
    def test_a_hole_is_named(self, hole, words):
        with row_security.as_owner():
            connection.cursor().execute(hole)

        (gap,) = isolation.gaps()

        assert gap == words or re.fullmatch(words, gap)

    def test_a_table_that_came_later_is_found(self):
        with row_security.as_owner():
            connection.cursor().execute("CREATE TABLE later (id bigint PRIMARY KEY, company_id bigint)")

        assert isolation.gaps() == [
            "later: row-level security is off.",
            "later: its owner is not bound (FORCE ROW LEVEL SECURITY is missing).",
            "later: the policy tenant_wall is missing or does not bind reads and writes alike.",
        ]

    def test_a_role_that_bypasses_is_named(self):
        with row_security.as_owner():
            connection.cursor().execute("CREATE ROLE test_bypassing BYPASSRLS")
            connection.cursor().execute("GRANT test_bypassing TO interweave_worker")

        assert isolation.gaps() == [
            "interweave_worker: works with the rights of test_bypassing, who bypasses row-level security."
        ]

    def test_the_command_fails_naming_each_gap(self):
        with row_security.as_owner():
            connection.cursor().execute(HOLES["view of the owner"][0])
            connection.cursor().execute(HOLES["events editable"][0])

        with pytest.raises(CommandError) as refused:
            call_command("isolation_check")

        assert str(refused.value) == (
            f"2 gaps in the wall:\n- {HOLES['view of the owner'][1]}\n- {HOLES['events editable'][1]}"
        )


@pytest.mark.sqlite
def test_a_database_without_a_wall_never_passes(db):
    with pytest.raises(CommandError, match="only the first wall stands"):
        call_command("isolation_check")
