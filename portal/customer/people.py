"""People: members, invitations, requests to join; and the programs' tokens."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import api_tokens, members
from onboarding.actors import MEMBER_ROLES, Role
from onboarding.models import ApiToken, Engagement, Invitation, JoinRequest, Member
from portal import access, pages
from portal.customer.engagement import engagement_page

ROLE_WORDS = {
    Role.OWNER: "Owner: decides who is a member, approves, accepts",
    Role.SIGNATORY: "Signatory: signs the agreement",
    Role.BILLING: "Billing: invoices and payments",
    Role.TECHNICAL: "Technical: connections and setup",
    Role.CONTRIBUTOR: "Contributor: answers and documents",
    Role.VIEWER: "Viewer: reads",
}
ROLE_CHOICES = [(role.value, ROLE_WORDS[role]) for role in MEMBER_ROLES]
OWNERS_ONLY = "The owner of your company decides who is a member."


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Name", max_length=150, required=False)
    roles = forms.MultipleChoiceField(
        label="What may this person do?", choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple
    )


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(label="Roles", choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple)


class TokenForm(forms.Form):
    name = forms.CharField(label="Which program will use it?", max_length=100)
    scopes = forms.MultipleChoiceField(
        label="What may it do?", choices=list(api_tokens.SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="How long is it good for?", coerce=int, initial=90,
        choices=[(30, "30 days"), (90, "90 days"), (365, "One year")],
    )  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Who takes part, who is invited, who asks to join; the owner changes it here."""
    form = InviteForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(request, lambda: members.invite(engagement.company_id, **given, by=by, at=now()), form=form):
            return pages.done(request, f"Invitation sent to {given['email']}.", "customer:people")
    context = {
        "engagement": engagement,
        "members": access.listed(request, Member.objects.select_related("user")).filter(removed_at=None),
        "invitations": access.listed(request, Invitation.objects.all()).filter(
            accepted_at=None, revoked_at=None, expires_at__gt=now()
        ),
        "join_requests": access.listed(request, JoinRequest.objects.select_related("user")).filter(decided_at=None),
        "may_change": request.viewer.has(Role.OWNER),
        "words": OWNERS_ONLY,
    }
    return pages.show(request, "customer/people.html", context, form=form)


@engagement_page
def member(request: HttpRequest, engagement: Engagement, member_id: int) -> HttpResponse:
    """One member's roles, and the way out."""
    rows = Member.objects.select_related("user").filter(removed_at=None)
    found = access.get(request, rows, pk=member_id)
    form = RolesForm(pages.posted(request), initial={"roles": found.roles})
    if request.method == "POST" and form.is_valid():
        by, roles = access.viewer_of(request), form.cleaned_data["roles"]
        if pages.attempt(request, lambda: members.change_roles(found.pk, roles=roles, by=by, at=now()), form=form):
            return pages.done(request, f"Roles of {found.user.name} changed.", "customer:people")
    context = {"engagement": engagement, "member": found, "may_change": request.viewer.has(Role.OWNER),
               "words": OWNERS_ONLY, "is_only_owner": members.is_only_owner(found)}  # fmt: skip
    return pages.show(request, "customer/member.html", context, form=form)


@require_POST
@engagement_page
def remove(request: HttpRequest, engagement: Engagement, member_id: int) -> HttpResponse:
    """Remove a member; that person is out within one request."""
    by = access.viewer_of(request)
    if gone := pages.attempt(request, lambda: members.remove(member_id, by=by, at=now())):
        return pages.done(request, f"{gone.user.name} was removed.", "customer:people")
    return pages.turned_down(request, "customer:people")


@require_POST
@engagement_page
def revoke_invitation(request: HttpRequest, engagement: Engagement, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: members.revoke_invitation(invitation_id, by=by, at=now())):
        return pages.done(request, "Invitation withdrawn.", "customer:people")
    return pages.turned_down(request, "customer:people")


@require_POST
@engagement_page
def decide_join_request(request: HttpRequest, engagement: Engagement, request_id: int) -> HttpResponse:
    """Let somebody in, or not."""
    by, decision = access.viewer_of(request), request.POST.get("decision")
    if decision not in {"accept", "decline"}:
        return pages.turned_down(request, "customer:people")
    roles = request.POST.getlist("roles") or [Role.CONTRIBUTOR.value]
    if pages.attempt(
        request,
        lambda: members.decide_join_request(request_id, is_accepted=decision == "accept", roles=roles, by=by, at=now()),
    ):
        return pages.done(request, "Decided.", "customer:people")
    return pages.turned_down(request, "customer:people")


@engagement_page
def tokens(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Programs' tokens: made here, shown once, revoked here."""
    form = TokenForm(pages.posted(request))
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = _make_token(request, form)
    context = {
        "engagement": engagement,
        "tokens": [
            {"row": one, "scopes": [api_tokens.SCOPES.get(scope, scope) for scope in one.scopes]}
            for one in access.listed(request, ApiToken.objects.select_related("created_by")).filter(revoked_at=None)
        ],
        "secret": secret,
        "may_change": request.viewer.has(Role.OWNER, Role.TECHNICAL),
    }
    response = pages.show(request, "customer/tokens.html", context, form=TokenForm() if secret else form)
    response["Cache-Control"] = "no-store"
    return response


def _make_token(request: HttpRequest, form: forms.Form) -> str:
    by, given = access.require(request, Role.OWNER, Role.TECHNICAL), form.cleaned_data
    role = Role.OWNER if by.has(Role.OWNER) else Role.TECHNICAL
    made = pages.attempt(
        request,
        lambda: api_tokens.create(user=request.user, company_id=by.company_id, role=role, **given, by=by, at=now()),
        form=form,
    )
    return made[1] if made else ""


@require_POST
@engagement_page
def revoke_token(request: HttpRequest, engagement: Engagement, token_id: int) -> HttpResponse:
    """End a token."""
    by = access.viewer_of(request)
    if gone := pages.attempt(request, lambda: api_tokens.revoke(token_id, by=by, at=now())):
        return pages.done(request, f"Token of {gone.name} revoked.", "customer:tokens")
    return pages.turned_down(request, "customer:tokens")
