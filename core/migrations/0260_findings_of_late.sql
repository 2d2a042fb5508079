-- Each start of ingest asks for the findings of the last weeks: not all of the years are to be read for that.
-- They come nearly in order of time, so an index of a few pages finds them.
-- locks: a finding waits half a second for two million of them (measured)
CREATE INDEX finding_written ON finding USING brin (written_at) WITH (autosummarize = on);
-- locks: as above
CREATE INDEX finding_detected ON finding USING brin (detected_at) WITH (autosummarize = on);
