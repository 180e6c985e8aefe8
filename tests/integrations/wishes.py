"""The meeting both video services are asked for."""

from datetime import UTC, datetime, timedelta

from integrations.engine.meetings import Wish

HOST = "ann.berg@ours.example"
TOMORROW = (datetime.now(tz=UTC) + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
REVIEW = Wish(
    key="meeting-1",
    host=HOST,
    title="Requirements review: Acme",
    starts_at=TOMORROW,
    minutes=45,
    timezone="Europe/Berlin",
    agenda="1. Flows",
    invited=("carla@acme.example", "fred@fireflies.ai"),
)
