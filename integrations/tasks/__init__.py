"""The workers' tasks that talk to other systems: each claims its row, works outside any transaction, stores as it goes."""

from integrations.tasks.card_payments import sweep_checkouts
from integrations.tasks.connections import run_check
from integrations.tasks.domains import look_up_domain
from integrations.tasks.envelopes import carry_envelope
from integrations.tasks.file_checks import check_file
from integrations.tasks.flow_runs import run_flow, start_due_flows
from integrations.tasks.flows import run_mapping_check, run_readiness_scan
from integrations.tasks.recordings import fetch_transcript, send_notetaker, sweep_recordings
from integrations.tasks.rooms import keep_room
from integrations.tasks.sealings import seal_agreement
from integrations.tasks.setup_tasks import run_setup
from integrations.tasks.test_runs import run_test
from integrations.tasks.webhooks import heed_webhook
from integrations.tasks.withdrawals import withdraw_consent

__all__ = [
    "carry_envelope",
    "check_file",
    "fetch_transcript",
    "heed_webhook",
    "keep_room",
    "look_up_domain",
    "run_check",
    "run_flow",
    "run_mapping_check",
    "run_readiness_scan",
    "run_setup",
    "run_test",
    "seal_agreement",
    "send_notetaker",
    "start_due_flows",
    "sweep_checkouts",
    "sweep_recordings",
    "withdraw_consent",
]
