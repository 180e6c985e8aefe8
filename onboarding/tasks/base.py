"""The base of every task: a message carries whose rows it may touch, and no task runs without."""

from __future__ import annotations

from typing import Any

from celery import Task

from onboarding import tenancy


class TenantTask(Task):
    """Takes the sender's tenancy along in the message's headers and enters it around the run.

    `@shared_task(name=…, tenant_free=True)` marks a sweep: it needs no header and runs as staff.
    Headers given on sending win: `apply_async(headers=tenancy.headers(company_id=…))`; `app.send_task` bypasses this
    class on the sender's side, so it needs them. Chains and chords have no sender in a context: not for tenant tasks.
    """

    abstract = True
    tenant_free = False

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send it. Raises RuntimeError naming the task when there is no tenancy to carry."""
        given = options.get("headers") or {}
        if tenancy.HEADER not in given and not self.tenant_free:
            options["headers"] = {**given, **self._here().as_headers()}
        return super().apply_async(args, kwargs, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it in the context of its message; called as a plain function, in the caller's."""
        context = self._told()
        with tenancy.acting(company_id=context.company_id, user_id=context.user_id, staff=context.staff):
            return super().__call__(*args, **kwargs)

    def _told(self) -> tenancy.Tenancy:
        request = self.request
        if told := tenancy.from_headers(request.headers):
            return told
        if self.tenant_free:
            return tenancy.Tenancy(staff=True)
        if request.called_directly:
            return self._here()
        raise RuntimeError(f"{self.name} came without a tenancy in its headers: see tenancy.headers().")

    def _here(self) -> tenancy.Tenancy:
        if context := tenancy.current():
            return context
        raise RuntimeError(f"{self.name} was used outside tenancy.acting(): whose rows may it touch?")
