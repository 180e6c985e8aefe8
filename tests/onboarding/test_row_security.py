"""The policies: what one company can do to another's rows, which is nothing."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from onboarding import row_security, tenancy
from onboarding.models import ApiToken, Company, Engagement, Event, IdempotencyKey, Invitation, Member, Note
from onboarding.models.base import TenantModel
from onboarding.queries import viewers
from tests.onboarding.tenants import NOW, digest, event, tenant

postgresql = [pytest.mark.postgresql, pytest.mark.no_tenancy]


@pytest.fixture
def acme(db):
    return tenant("acme")


@pytest.fixture
def zenith(db):
    return tenant("zenith")


@pytest.fixture
def as_acme(acme, zenith):
    with tenancy.acting(company_id=acme.company.pk):
        yield acme


def test_every_tenant_model_has_a_wall():
    walls = {wall.table: wall for wall in row_security.walls()}
    tenants = [model for model in apps.get_models() if issubclass(model, TenantModel)]

    assert {model._meta.db_table: "company_id" for model in tenants}.items() <= {
        table: wall.company_column for table, wall in walls.items()
    }.items()
    assert walls["onboarding_company"].company_column == "id"
    assert walls["onboarding_idempotencykey"].company_column == ""
    assert [table for table, wall in walls.items() if wall.append_only] == [
        "onboarding_event",
        "onboarding_questionnairesubmission",
    ]
    assert walls.keys().isdisjoint({"onboarding_user", "onboarding_specialist", "django_session"})


class TestPostgreSQL:
    pytestmark = postgresql

    @pytest.mark.parametrize("model", [Engagement, Event, Member], ids=lambda model: model.__name__)
    def test_another_companys_rows_are_not_there(self, as_acme, model):
        assert set(model.objects.values_list("company_id", flat=True)) == {as_acme.company.pk}

    def test_another_companys_row_cannot_be_changed_or_deleted(self, as_acme, zenith):
        hers = Engagement.objects.filter(pk=zenith.engagement.pk)

        assert (hers.update(solution="stolen"), hers._raw_delete(hers.db)) == (0, 0)

    def test_a_row_for_another_company_is_refused(self, as_acme, zenith):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Note.objects.create(
                company=zenith.company, engagement=zenith.engagement, text="x", by="acme", created_at=NOW
            )

    def test_a_row_cannot_be_given_to_another_company(self, as_acme, zenith):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Engagement.objects.update(company=zenith.company)

    def test_a_row_cannot_point_at_another_companys_row(self, as_acme, zenith):
        note = Note(company=as_acme.company, engagement_id=zenith.engagement.pk, text="x", by="acme", created_at=NOW)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError, match="same_company"), transaction.atomic():
            note.save()

    @pytest.mark.parametrize("statement", ["UPDATE onboarding_event SET kind = ''", "DELETE FROM onboarding_event"])
    def test_events_stay_as_they_are(self, as_acme, statement):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)

    def test_no_table_can_be_emptied(self, as_acme):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("TRUNCATE onboarding_event")

    def test_a_user_reads_the_own_memberships_and_cannot_write_one(self, acme, zenith):
        with tenancy.acting(user_id=acme.owner.pk):
            assert [member.company_id for member in Member.objects.all()] == [acme.company.pk]
            assert Member.objects.update(roles=["owner", "signatory"]) == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Member.objects.create(company=zenith.company, user=acme.owner, roles=["owner"], joined_at=NOW)

    def test_a_user_reads_the_own_companies_and_no_more_of_them(self, acme, zenith):
        with tenancy.acting(user_id=acme.owner.pk):
            seen = [member.company.name for member in viewers.memberships(acme.owner)]
            companies, engagements = Company.objects.count(), Engagement.objects.count()
            written = Company.objects.update(name="mine")
        with tenancy.acting(staff=True):
            Member.objects.filter(user=acme.owner).update(removed_at=NOW)
        with tenancy.acting(user_id=acme.owner.pk):
            later = Company.objects.count()

        assert (seen, companies, engagements, written, later) == (["acme"], 1, 0, 0, 0)

    def test_a_door_opens_for_the_bearer_of_its_secret_only(self, acme):
        with tenancy.acting(staff=True):
            for secret in ("hers", "his"):
                Invitation.objects.create(
                    company=acme.company,
                    email=f"{secret}@acme.example",
                    digest=digest(secret),
                    invited_by="Owner",
                    created_at=NOW,
                    expires_at=NOW,
                )
            acme.token("key")

        with tenancy.acting(token_digest=digest("hers")):
            assert [invitation.email for invitation in Invitation.objects.all()] == ["hers@acme.example"]
            assert (ApiToken.objects.count(), [c.name for c in Company.objects.all()]) == (0, ["acme"])

    def test_rows_without_a_company_follow_the_row_they_belong_to(self, acme, zenith):
        with tenancy.acting(staff=True):
            for who in (acme, zenith):
                IdempotencyKey.objects.create(
                    token=who.token(who.company.name), key="1", body_sha256="", created_at=NOW
                )

        with tenancy.acting(company_id=acme.company.pk):
            assert [key.token.company_id for key in IdempotencyKey.objects.all()] == [acme.company.pk]

    def test_putting_it_up_again_changes_no_policy(self, db):
        with row_security.as_owner():
            before = policy_ids()
            row_security.secure()

            assert policy_ids() == before

    def test_putting_it_up_again_repairs_a_table(self, db):
        with row_security.as_owner():
            connection.cursor().execute("ALTER TABLE onboarding_note DISABLE ROW LEVEL SECURITY")
            row_security.secure()
        with connection.cursor() as cursor:
            cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = 'onboarding_note'")

            assert cursor.fetchone() == (True,)

    def test_the_owner_may_tamper_which_is_what_the_hash_chain_is_for(self, acme):
        with row_security.as_owner():
            assert Event.objects.update(kind="forged") == 1

    def test_the_wall_is_evaluated_once_a_statement_not_once_a_row(self, as_acme):
        plan = Engagement.objects.all().explain()

        assert ("InitPlan 1" in plan, "current_setting" in plan.split("Filter:")[1].split("InitPlan")[0]) == (
            True,
            False,
        )

    def test_this_process_stands_behind_the_wall(self, db):
        inside = row_security.bypass()
        with row_security.as_owner():
            outside = row_security.bypass()

        assert (inside, "stands above row-level security: set DATABASE_ROLE" in outside) == ("", True)


@pytest.mark.sqlite
class TestSQLite:
    @pytest.mark.parametrize(
        "change", [lambda e: e.update(kind="forged"), lambda e: e.delete()], ids=["edit", "delete"]
    )
    def test_events_stay_as_they_are(self, acme, change):
        with pytest.raises(IntegrityError, match="onboarding_event is append-only"), transaction.atomic():
            change(Event.objects.all())

        assert [(one.number, one.kind) for one in Event.objects.all()] == [(1, "engagement.opened")]

    def test_the_owner_may_tamper_and_the_guard_is_back_afterwards(self, acme):
        with row_security.as_owner():
            changed = Event.objects.update(kind="forged")

        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.update(kind="forged again")
        assert (changed, event(acme.engagement, 2).number) == (1, 2)

    def test_it_says_that_only_the_first_wall_stands(self, db):
        assert row_security.bypass() == "SQLite has no row-level security: only the first wall stands."


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
class TestFlush:
    """Events outlive no test: emptying the tables works although nobody may delete them."""

    @pytest.mark.parametrize("run", [1, 2])
    def test_tables_are_empty_again(self, run):
        before = Event.objects.count()
        tenant("acme")

        assert (before, Event.objects.count()) == (0, 1)


def policy_ids() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid, polname FROM pg_policy ORDER BY oid")
        return cursor.fetchall()
