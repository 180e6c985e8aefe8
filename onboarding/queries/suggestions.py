"""Requirements that answers, spoken sentences and promised things suggest: computed at each look, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.library import flows as flow_library
from onboarding.library import suggestions as library
from onboarding.models import ActionItem, Engagement, RequirementSource, Sentence
from onboarding.queries import said
from onboarding.queries.said import Said

FEWEST_WORDS, MOST_CHARACTERS = 5, 600


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A source as it would be named: a sentence, an answer, or what somebody said."""

    quote: str
    label: str
    sentence_id: int | None = None
    sentence_index: int | None = None
    meeting_id: int | None = None
    questionnaire_id: int | None = None
    questionnaire: str = ""  # its kind
    schema_version: int = 0
    question: str = ""
    said_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One requirement that seems to be needed, why, and from where; `key` names it as long as its sources are there."""

    key: str
    text: str
    kind: str
    priority: str
    flow: str
    why: str
    sources: tuple[Draft, ...]


def open_for(engagement: Engagement) -> list[Suggestion]:
    """What is suggested and neither taken nor put aside: answers first, then promises, then sentences."""
    dismissed = set(engagement.dismissed_suggestions.values_list("key", flat=True))
    return [one for one in _all(engagement) if one.key not in dismissed]


def dismissed_for(engagement: Engagement) -> list[Suggestion]:
    """What was put aside and would be suggested otherwise."""
    dismissed = set(engagement.dismissed_suggestions.values_list("key", flat=True))
    return [one for one in _all(engagement) if one.key in dismissed] if dismissed else []


def _all(engagement: Engagement) -> Iterator[Suggestion]:
    listed = list(engagement.requirements.values("suggestion", "flow", "kind", "state"))
    taken = {one["suggestion"] for one in listed}
    # A flow that somebody listed by hand needs no suggestion.
    flows = {one["flow"] for one in listed if one["kind"] == "flow" and one["state"] != "declined"}
    for one in [*_of_answers(engagement), *_of_transcripts(engagement)]:
        if one.key not in taken and not (one.kind == "flow" and one.flow in flows):
            yield one


def _of_answers(engagement: Engagement) -> Iterator[Suggestion]:
    answers = said.by_question(engagement)
    seen: set[str] = set()
    for rule in library.ANSWER_RULES:
        if not all(_holds(answers.get(code), values) for code, values in rule.when.items()):
            continue
        text = rule.text.format_map(_Quotes(answers))
        if text in seen:  # a wish is no news beside a fixed day
            continue
        seen.add(text)
        cited = [answers[code] for code in rule.questions if code in answers]
        yield Suggestion(
            key=f"rule:{rule.code}", text=text, kind=rule.kind, priority=rule.priority, flow=rule.flow, why=rule.why,
            sources=tuple(_answer(one) for one in cited),
        )  # fmt: skip


def _holds(answer: Said | None, values: tuple[Any, ...]) -> bool:
    if answer is None:
        return False
    if values == library.ANYTHING:
        return True
    given = answer.value if isinstance(answer.value, list) else [answer.value]
    return any(one in values for one in given)


class _Quotes(dict[str, str]):
    def __init__(self, answers: Mapping[str, Said]) -> None:
        super().__init__({code: one.quote.rstrip(". ") for code, one in answers.items()})

    def __missing__(self, key: str) -> str:
        return "not named yet"


def _answer(one: Said) -> Draft:
    return Draft(
        quote=one.quote, label=one.label, questionnaire_id=one.questionnaire.pk, questionnaire=one.questionnaire.kind,
        schema_version=one.questionnaire.schema_version,
        question=one.question.code,
    )  # fmt: skip


def _of_transcripts(engagement: Engagement) -> Iterator[Suggestion]:
    cited = RequirementSource.objects.filter(requirement__engagement=engagement).exclude(sentence=None)
    known = set(cited.values_list("sentence", flat=True))
    rows = Sentence.objects.filter(transcript__engagement=engagement).select_related("transcript")
    sentences = list(rows.order_by("transcript", "index"))
    items = ActionItem.objects.filter(engagement=engagement).exclude(state=ActionItem.State.DISMISSED)
    for item in items.order_by("transcript", "number"):
        if (where := _sentence_of(item, sentences)) is None or where.pk not in known:
            yield _promise(item, where)
            known |= {where.pk} if where else set()
    for sentence in sentences:
        if sentence.pk not in known and (rule := _sounds_like(sentence.text)):
            yield _spoken(sentence, rule)


def _sentence_of(item: ActionItem, sentences: list[Sentence]) -> Sentence | None:
    """The sentence spoken at the moment the promise was noted at."""
    if item.at_second is None:
        return None
    until = (item.at_second + 1) * 1000
    spoken = [one for one in sentences if one.transcript_id == item.transcript_id and one.starts_ms < until]
    return spoken[-1] if spoken else None


def _promise(item: ActionItem, where: Sentence | None) -> Suggestion:
    said_it = Draft(quote=item.text, label="Action item of the meeting", said_by=item.owner)
    who = f" by {item.owner}" if item.owner else ""
    return Suggestion(
        key=f"item:{item.pk}", text=item.text, kind="dependency", priority="", flow="",
        why=f"It was promised{who} in the meeting.", sources=(_sentence(where) if where else said_it,),
    )  # fmt: skip


def _sounds_like(text: str) -> library.SentenceRule | None:
    if len(text.split()) < FEWEST_WORDS or len(text) > MOST_CHARACTERS or text.rstrip().endswith("?"):
        return None
    return next((rule for rule in library.SENTENCE_RULES if rule.pattern.search(text)), None)


def _spoken(sentence: Sentence, rule: library.SentenceRule) -> Suggestion:
    flow = _flow_named(sentence.text)
    kind = "flow" if flow and rule.kind == "constraint" else rule.kind
    return Suggestion(
        key=f"sentence:{sentence.pk}", text=sentence.text, kind=kind, priority="", flow=flow,
        why=f"{sentence.speaker or 'Somebody'} said it in the meeting. {rule.why}", sources=(_sentence(sentence),),
    )  # fmt: skip


def _flow_named(text: str) -> str:
    """The one flow whose two ends the sentence names ("accounts … customers"); empty when none."""
    words = text.lower()
    ends = ((code, name.lower().split(" to ")) for code, name in flow_library.NAMES.items() if " to " in name)
    return next((code for code, (first, second) in ends if first in words and second in words), "")


def _sentence(sentence: Sentence) -> Draft:
    minutes, seconds = divmod(sentence.starts_ms // 1000, 60)
    return Draft(
        quote=sentence.text, label=f"Transcript, {minutes:02}:{seconds:02}, {sentence.speaker or 'unknown speaker'}",
        sentence_id=sentence.pk, sentence_index=sentence.index, meeting_id=sentence.transcript.meeting_id,
        said_by=sentence.speaker,
    )  # fmt: skip
