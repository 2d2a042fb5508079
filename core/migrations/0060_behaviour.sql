-- How residents want to be watched over, where they seem to be, what their days are like, and who is worth a
-- visit.

-- One row a resident for whom something was set; the others are watched as anybody of their ability grade.
-- Written by the care and api packages, but for returned_at.
CREATE TABLE monitoring_profile (
    resident_id         integer PRIMARY KEY REFERENCES resident,
    tolerated_per_month real CHECK (tolerated_per_month BETWEEN 0.1 AND 10),  -- false alarms of silence
    bathroom_limit_s    integer CHECK (bathroom_limit_s BETWEEN 300 AND 14400),  -- NULL: learnt
    night_from_minute   smallint CHECK (night_from_minute BETWEEN 0 AND 1439),   -- local minutes of the day
    night_until_minute  smallint CHECK (night_until_minute BETWEEN 0 AND 1439),
    holiday_from        timestamptz,
    holiday_until       timestamptz,
    returned_at         timestamptz,                     -- seen to be back before holiday_until: ingest
    visitors_until      timestamptz,
    CHECK (holiday_until > holiday_from),
    CHECK ((holiday_from IS NULL) = (holiday_until IS NULL))
);

-- Written by ingest, as the rest of the row: unknown, at_home, away, in_bed, visitors, holiday; and since when.
ALTER TABLE home_state
    ADD COLUMN presence text NOT NULL DEFAULT 'unknown',
    ADD COLUMN presence_since timestamptz;

-- What people said of alarms of silence: what personal patience learns from. Nothing is said by an incident
-- that ended with nobody's word.
CREATE VIEW inactivity_ruling AS
SELECT i.home_id, i.onset, i.closed_at AS at, i.outcome IN ('false_alarm', 'no_help_needed') AS ordinary
FROM incident i
WHERE i.kind = 'inactivity' AND i.home_id IS NOT NULL AND i.closed_at IS NOT NULL AND NOT i.drill
  AND i.reported_by IS NULL
  AND i.outcome IN ('false_alarm', 'no_help_needed', 'help_given', 'ambulance', 'hospital');

-- One home's finished day in numbers (analytics.living.day); what drift is measured on. Written by ingest.
CREATE TABLE home_day (
    home_id integer NOT NULL,
    day     integer NOT NULL,               -- days since 1970-01-01, local
    figures real[] NOT NULL,                -- in the order of analytics.living.day.FIGURES
    PRIMARY KEY (home_id, day)
);
CREATE INDEX home_day_day ON home_day (day);

-- Slow change over weeks: worth a visit, not an alarm. `week` is the Monday of the ISO week in which it was
-- seen. Written by ingest, again every day of the running week.
CREATE TABLE worth_a_visit (
    resident_id integer NOT NULL REFERENCES resident,
    week        date NOT NULL,
    score       real NOT NULL,              -- the strongest reason, in robust standard deviations
    reasons     jsonb NOT NULL,             -- [{"key": ..., "params": {...}}]: sentences of the catalogue
    series      jsonb NOT NULL,             -- {figure: [[day, value], ...]}: the plot that shows why
    computed_at timestamptz NOT NULL,
    PRIMARY KEY (resident_id, week)
);
CREATE INDEX worth_a_visit_week ON worth_a_visit (week, score DESC);
