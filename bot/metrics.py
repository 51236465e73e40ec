"""What is counted, for Prometheus. Labels are names of channels and outcomes, never of people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
TIMES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

UPDATES = Counter(
    "tramoi_updates", "Messages that came in", ["channel", "outcome"], registry=REGISTRY
)
TURN = Histogram(
    "tramoi_turn_seconds", "Time of a turn by stage", ["stage"], buckets=TIMES, registry=REGISTRY
)
SENT = Counter("tramoi_sent", "Messages that went out", ["channel", "outcome"], registry=REGISTRY)
SEND = Histogram(
    "tramoi_send_seconds", "Time of one send", ["channel"], buckets=TIMES, registry=REGISTRY
)
OUTBOX = Gauge(
    "tramoi_outbox_messages", "Messages not sent, by state", ["state"], registry=REGISTRY
)
OLDEST = Gauge(
    "tramoi_outbox_oldest_seconds", "Age of the oldest, by state", ["state"], registry=REGISTRY
)
