"""What must be true of the tables whatever happened, looked up in nothing but the tables.

An independent look: it uses none of the code that it judges. Only what is younger than a day is
looked at where older rows are forgotten by rule.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import text

from storage.rows import Statement
from storage.times import ms
from storage.unit import Unit

DAY = timedelta(days=1)
LATE = timedelta(minutes=5)

CHECKS: Mapping[str, str] = {
    "a message is missing between two others of its chat": """
        SELECT o.conversation_id AS chat, o.seq AS number FROM outbox o
        WHERE o.created_at > :since
        AND EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id
                    AND e.seq < o.seq)
        AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id
                        AND e.seq = o.seq - 1)""",
    "the next number of a chat is not the one after its last message": """
        SELECT c.id AS chat, c.next_seq AS number FROM conversation c
        WHERE c.next_seq <> 1 + (SELECT max(o.seq) FROM outbox o WHERE o.conversation_id = c.id)""",
    "more was heard in a chat than it moved on": """
        SELECT c.id AS chat, c.revision AS number FROM conversation c
        WHERE c.revision < (SELECT count(*) FROM inbox i WHERE i.conversation_id = c.id)""",
    "a message to us was met with silence": """
        SELECT i.conversation_id AS chat, i.after_seq AS number FROM inbox i
        WHERE i.heard_at > :since
        AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.conversation_id = i.conversation_id
                        AND o.seq = i.after_seq + 1)""",
    "two messages to us have the same answer": """
        SELECT i.conversation_id AS chat, i.after_seq AS number FROM inbox i
        WHERE i.heard_at > :since
        GROUP BY i.conversation_id, i.after_seq HAVING count(*) > 1""",
    "a message waits though nothing holds it back": """
        SELECT o.conversation_id AS chat, o.seq AS number FROM outbox o
        WHERE o.status = 0 AND o.not_before < :late
        AND (o.lease_until IS NULL OR o.lease_until < :late)
        AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id
                        AND e.seq < o.seq AND e.status = 0)""",
    "a registration has no step that made it, or more than one": """
        SELECT r.conversation_id AS chat, 0 AS number FROM registration r
        WHERE 1 <> (SELECT count(*) FROM registration_event e
                    WHERE e.registration_id = r.id AND e.action = 'register')""",
    "a step of a registration is not in the audit": """
        SELECT r.conversation_id AS chat, 0 AS number FROM registration r
        WHERE (SELECT count(*) FROM registration_event e WHERE e.registration_id = r.id)
        > (SELECT count(*) FROM audit a WHERE a.subject = r.id)""",
    "a phone counts more or fewer people than it has": """
        SELECT 0 AS chat, p.people AS number FROM phone p
        WHERE p.people <> (SELECT count(*) FROM registration r
                           WHERE r.phone_key = p.phone_key AND r.status <> 'cancelled')""",
    "somebody registered without having agreed": """
        SELECT r.conversation_id AS chat, 0 AS number FROM registration r
        WHERE NOT EXISTS (SELECT 1 FROM consent c
                          WHERE c.conversation_id = r.conversation_id AND c.agreed = 1)""",
}


async def violations(unit: Unit, now: datetime) -> list[str]:
    """One line for each rule that is broken: how often, and the rows of one such chat."""
    found = []
    given = {"since": ms(now - DAY), "late": ms(now - LATE)}
    for rule, sql in CHECKS.items():
        wanted = {name: value for name, value in given.items() if f":{name}" in sql}
        rows = await unit.rows.all(Statement(text(sql)), **wanted)
        if rows:
            found.append(f"{rule}: {len(rows)} times, first {rows[0]['chat']}/{rows[0]['number']}")
    return found
