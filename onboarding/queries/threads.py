"""The thread of a requirement: source, requirement, sign-off, flow, mapping, test case, run, acceptance. Both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from onboarding.library import flows as flow_library
from onboarding.library import test_cases
from onboarding.models import (
    Engagement,
    Flow,
    Pilot,
    Requirement,
    RequirementSource,
    RequirementsSignoff,
    Sentence,
    TestRun,
)
from onboarding.queries.requirements import signoff_in_force
from onboarding.workflow.steps import Step

THERE, MISSING, LATER, NOT_NEEDED = "there", "missing", "later", "not_needed"
PARTS = ("source", "sign_off", "flow", "mapping", "test_case", "run", "acceptance")
TITLES = dict(
    zip(PARTS, ("Source", "Signed off", "Flow", "Mapping", "Test case", "Test run", "Accepted"), strict=True)
)  # fmt: skip
# A gap is named once the step that fills it is over.
FILLED_IN = {
    "source": Step.DATA_COLLECTION,
    "sign_off": Step.REQUIREMENTS_REVIEW,
    "flow": Step.SOLUTION_CONFIGURATION,
    "mapping": Step.SOLUTION_CONFIGURATION,
    "test_case": Step.ACTIVATION_TESTING,
    "run": Step.ACTIVATION_TESTING,
    "acceptance": Step.ACTIVATION_TESTING,
}
GAPS = {
    "source": "no source",
    "sign_off": "not signed off",
    "flow": "no flow",
    "mapping": "no mapping",
    "test_case": "no test case",
    "run": "no passing run",
    "acceptance": "not accepted",
}
FLOWLESS = frozenset({Requirement.Kind.TIMELINE, Requirement.Kind.CONSTRAINT, Requirement.Kind.DEPENDENCY})


@dataclass(frozen=True, kw_only=True)
class Link:
    """One part of a thread: whether it is there, in words, and the flow it is about (0: none)."""

    part: str
    state: str  # there · missing · later · not_needed
    words: str
    flow_id: int = 0

    @property
    def title(self) -> str:
        """What the part is called."""
        return TITLES[self.part]

    @property
    def is_gap(self) -> bool:
        """True for what should be there and is not."""
        return self.state == MISSING


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A requirement with all its links, in their order."""

    requirement: Requirement
    sources: tuple[RequirementSource, ...]
    links: tuple[Link, ...]

    @property
    def gaps(self) -> list[str]:
        """What is missing, in words."""
        return [GAPS[link.part] for link in self.links if link.is_gap]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Every listed requirement's thread, and what was made or tested that no requirement asks for."""

    threads: tuple[Thread, ...]
    loose: tuple[tuple[Flow, str], ...]

    @property
    def gaps(self) -> dict[str, int]:
        """How many threads lack each part; only those that some lack."""
        counted = {
            GAPS[part]: sum(GAPS[part] in thread.gaps for thread in self.threads) for part in PARTS
        }  # fmt: skip
        return {words: count for words, count in counted.items() if count}


@dataclass(frozen=True, kw_only=True)
class _World:
    """What threads are tied to, read once."""

    step: Step
    signoff: RequirementsSignoff | None
    signed: frozenset[int]
    flows: dict[str, Flow]
    tested: dict[int, TestRun]  # each flow's newest finished test
    pilot: Pilot | None


def overview(engagement: Engagement) -> Overview:
    """The matrix: six queries, however many requirements there are."""
    world = _world(engagement)
    cited = RequirementSource.objects.select_related("sentence__transcript", "questionnaire", "document")
    listed = engagement.requirements.exclude(state=Requirement.State.DECLINED).order_by("number")
    rows = list(listed.prefetch_related(Prefetch("sources", queryset=cited)))
    asked = {one.flow for one in rows if one.flow and one.priority != Requirement.Priority.WONT}
    return Overview(
        threads=tuple(_thread(one, world) for one in rows),
        loose=tuple(
            (flow, _loose(flow, world)) for flow in world.flows.values() if flow.is_on and flow.code not in asked
        ),
    )


def of(requirement: Requirement) -> Thread:
    """One requirement's thread, on the list or not."""
    cited = requirement.sources.select_related("sentence__transcript", "questionnaire", "document")
    return _thread(requirement, _world(requirement.engagement), tuple(cited))


def asking_for(flow: Flow) -> list[Requirement]:
    """Back from a flow and its tests: the listed requirements that ask for it, in order (one query)."""
    asked = Requirement.objects.filter(engagement_id=flow.engagement_id, flow=flow.code)
    return list(asked.exclude(state=Requirement.State.DECLINED).order_by("number"))


def resting_on(sentences: Iterable[Sentence]) -> dict[int, list[int]]:
    """Back from what was said: by a sentence's id, the numbers of the listed requirements that cite it (one query)."""
    found: dict[int, list[int]] = defaultdict(list)
    cited = RequirementSource.objects.filter(sentence__in=[one.pk for one in sentences])
    listed = cited.exclude(requirement__state=Requirement.State.DECLINED).order_by("requirement__number")
    for sentence_id, number in listed.values_list("sentence_id", "requirement__number"):
        found[sentence_id].append(number)
    return found


def _world(engagement: Engagement) -> _World:
    signoff = signoff_in_force(engagement)
    tested: dict[int, TestRun] = {}
    finished = engagement.test_runs.filter(state=TestRun.State.DONE).defer("results", "progress").order_by("-id")
    for run in finished[:200]:
        tested.setdefault(run.flow_id, run)
    return _World(
        step=engagement.at_step,
        signoff=signoff,
        signed=frozenset(one["number"] for one in signoff.requirements) if signoff else frozenset(),
        flows={flow.code: flow for flow in engagement.flows.all()},
        tested=tested,
        pilot=Pilot.objects.filter(engagement=engagement).first(),
    )


def _thread(one: Requirement, world: _World, sources: tuple[RequirementSource, ...] | None = None) -> Thread:
    cited = tuple(one.sources.all()) if sources is None else sources
    return Thread(requirement=one, sources=cited, links=tuple(_links(one, cited, world)))


def _links(one: Requirement, sources: tuple[RequirementSource, ...], world: _World) -> Iterator[Link]:
    count = len(sources)
    yield _link("source", f"{count} source{'' if count == 1 else 's'}" if sources else "", world)
    if world.signoff and one.number in world.signed:
        yield _link("sign_off", f"version {world.signoff.version}, {world.signoff.by}", world)
    else:
        yield _link("sign_off", "", world)
    if why := _needs_no_flow(one):
        for part in PARTS[2:]:
            yield Link(part=part, state=NOT_NEEDED, words=why)
        return
    yield from _built(one, world.flows.get(one.flow), world)


def _needs_no_flow(one: Requirement) -> str:
    if one.priority == Requirement.Priority.WONT:
        return "not this time"
    return "needs none" if one.kind in FLOWLESS and not one.flow else ""


def _built(one: Requirement, flow: Flow | None, world: _World) -> Iterator[Link]:
    """What was made of it: the flow that runs, how it is mapped, what it is tested with, how that went."""
    flow_id = flow.pk if flow else 0
    is_on = flow is not None and flow.is_on
    name = flow_library.NAMES.get(one.flow, one.flow)
    yield _link("flow", name if is_on else "", world, flow_id=flow_id, instead=name and "not switched on")
    mapped = f"version {flow.mapping_version}, {len(flow.mapping)} fields" if flow and is_on and flow.mapping else ""
    yield _link("mapping", mapped, world, flow_id=flow_id)
    cases = test_cases.cases_for(one.flow)
    yield _link("test_case", f"{len(cases)} test records" if cases else "", world, flow_id=flow_id)
    run = world.tested.get(flow_id)
    yield _link("run", _passed(flow, run), world, flow_id=flow_id, instead=_not_passed(flow, run))
    closed = world.pilot is not None and world.pilot.closed_at is not None
    yield _link("acceptance", f"pilot, {world.pilot.closed_by}" if world.pilot and closed else "", world)


def _passed(flow: Flow | None, run: TestRun | None) -> str:
    if flow is None or run is None or not run.is_passed or run.mapping_version != flow.mapping_version:
        return ""
    return f"passed {run.finished_at:%-d %b %Y}" if run.finished_at else "passed"


def _not_passed(flow: Flow | None, run: TestRun | None) -> str:
    if flow is None or run is None:
        return ""
    return "the mapping changed since the last run" if run.is_passed else "the last run did not pass"


def _link(part: str, words: str, world: _World, *, flow_id: int = 0, instead: Any = "") -> Link:
    """There when there are words for it; else a gap, or due in a later step (`instead` says more)."""
    if words:
        return Link(part=part, state=THERE, words=words, flow_id=flow_id)
    due = FILLED_IN[part]
    if world.step.number < due.number or (world.step is due and not instead):
        return Link(part=part, state=LATER, words=f"step {due.numeral}")
    return Link(part=part, state=MISSING, words=instead or GAPS[part], flow_id=flow_id)


def _loose(flow: Flow, world: _World) -> str:
    run = world.tested.get(flow.pk)
    tested = ", and was tested" if run else ""
    return f"is switched on{tested}, but no requirement asks for it"
