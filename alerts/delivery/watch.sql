-- name: behind
-- Since when a finding waits for a verdict and a timer for its step, Unix microseconds (NULL: none does). An engine
-- may be alive and yet stumble over the same row again and again. LIMIT keeps the planner, who does not know how few lie
-- behind the cursor, from reading all that was ever ruled on.
SELECT (SELECT (extract(epoch FROM min(f.written_at)) * 1e6)::bigint FROM finding f
        LEFT JOIN LATERAL (SELECT true AS yes FROM triage t
                           WHERE t.finding_id = f.id AND t.revision = f.revision LIMIT 1) ruled ON true
        WHERE f.serial > (SELECT serial FROM triage_cursor) AND ruled.yes IS NULL),
       (SELECT (extract(epoch FROM min(next_step_at)) * 1e6)::bigint FROM incident WHERE closed_at IS NULL)
