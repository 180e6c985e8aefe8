"""The backend: the context reaches the server with every transaction and every statement, and ends with it."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from onboarding import tenancy
from onboarding.models import Company, Engagement
from tests.onboarding.tenants import tenant

pytestmark = [pytest.mark.postgresql, pytest.mark.no_tenancy]


@pytest.fixture
def acme(db):
    return tenant("acme")


@pytest.fixture
def zenith(db):
    return tenant("zenith")


def names() -> list[str]:
    return sorted(Company.objects.values_list("name", flat=True))


def test_the_tests_work_as_the_role_of_the_web_processes(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")

        assert cursor.fetchone() == ("interweave_web", False, False)


def test_without_a_context_nothing_is_visible(acme):
    assert (names(), Engagement.objects.count()) == ([], 0)


def test_a_context_entered_in_an_open_transaction_holds_at_once_and_nests(acme, zenith):
    seen = []

    with tenancy.acting(company_id=acme.company.pk):
        seen.append(names())
        with tenancy.acting(staff=True):
            seen.append(names())
        with tenancy.acting(company_id=zenith.company.pk):
            seen.append(names())
        seen.append(names())
    seen.append(names())

    assert seen == [["acme"], ["acme", "zenith"], ["zenith"], ["acme"], []]


def test_the_outer_context_is_back_after_a_statement_failed(acme, zenith):
    with tenancy.acting(company_id=acme.company.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), tenancy.acting(company_id=zenith.company.pk):
            connection.cursor().execute("SELECT 1 / 0")

        assert names() == ["acme"]


def test_a_context_entered_after_a_savepoint_holds_when_the_savepoint_is_rolled_back(acme, zenith):
    savepoint = transaction.savepoint()

    with tenancy.acting(company_id=zenith.company.pk):
        transaction.savepoint_rollback(savepoint)

        assert names() == ["zenith"]


def test_leaving_a_context_in_a_failed_transaction_hides_no_error(acme):
    with (
        pytest.raises(DatabaseError, match="division by zero"),
        transaction.atomic(),
        tenancy.acting(company_id=acme.company.pk),
    ):
        connection.cursor().execute("SELECT 1 / 0")

    assert names() == []


def test_telling_the_database_is_no_query(acme, django_assert_num_queries):
    with django_assert_num_queries(1), tenancy.acting(company_id=acme.company.pk):
        names()


@pytest.mark.django_db(transaction=True)
class TestConnections:
    """With transactions that really begin, commit and end."""

    def test_a_transaction_begun_inside_the_context_carries_it(self, acme, zenith):
        with tenancy.acting(company_id=acme.company.pk), transaction.atomic():
            assert names() == ["acme"]

    def test_a_statement_outside_a_transaction_carries_it_and_leaves_nothing_behind(self, acme, zenith):
        with tenancy.acting(company_id=acme.company.pk):
            inside = names(), Company.objects.filter(pk=zenith.company.pk).update(name="mine now")

        assert (inside, names()) == ((["acme"], 0), [])

    def test_rows_read_in_pieces_outside_a_transaction_carry_it(self, acme, zenith):
        with tenancy.acting(company_id=acme.company.pk):
            assert [company.name for company in Company.objects.iterator()] == ["acme"]

    def test_values_with_percent_signs_pass_unharmed(self, acme):
        with tenancy.acting(company_id=acme.company.pk):
            Company.objects.update(city="100 % here; really")

            assert Company.objects.filter(city__contains="%").values_list("city", flat=True)[0] == "100 % here; really"

    def test_a_reused_connection_keeps_nothing_of_the_last_transaction(self, acme):
        with tenancy.acting(company_id=acme.company.pk), transaction.atomic():
            pid = backend_pid()
            names()
        with transaction.atomic():
            assert (backend_pid(), names()) == (pid, [])

    def test_after_a_rollback_the_next_transaction_carries_it_again(self, acme):
        with tenancy.acting(company_id=acme.company.pk):
            with pytest.raises(LookupError), transaction.atomic():
                raise LookupError
            with transaction.atomic():
                assert names() == ["acme"]

    def test_another_thread_sees_nothing(self, acme):
        seen = []

        def look():
            seen.extend([names(), transaction.atomic(names)()])
            connection.close()

        with tenancy.acting(company_id=acme.company.pk):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

        assert seen == [[], []]

    def test_a_connection_that_cannot_be_told_is_closed(self, acme):
        with tenancy.acting(company_id="no number"), pytest.raises(ValueError, match="invalid literal"):
            transaction.atomic().__enter__()

        assert (connection.connection, connection.in_atomic_block) == (None, False)

    def test_the_owner_sees_all_and_the_role_comes_back(self, acme, zenith):
        seen = []

        with connection.as_owner():
            seen.append(names())
            with connection.as_owner():
                seen.append(names())
            seen.append(names())
        seen.append(names())

        assert seen == [["acme", "zenith"]] * 3 + [[]]

    def test_the_role_comes_back_after_the_owner_failed_in_a_transaction(self, acme):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.as_owner():
            connection.cursor().execute("SELECT 1 / 0")

        assert names() == []


def backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
