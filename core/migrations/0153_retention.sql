-- For how long what is kept, and why: one row a class of data. Readings and raw motion go by whole parts of their
-- tables (core.timeseries), the audit by months (audit_retire), attempts to sign in with the API's own chores.
CREATE TABLE retention (
    class   text PRIMARY KEY,
    name    text NOT NULL,             -- the table
    days    integer NOT NULL CHECK (days >= least),
    least   integer NOT NULL,          -- never fewer: what the work, or the law, needs
    old     text NOT NULL,             -- which rows `t` are older than :before, and not held
    held    text NOT NULL,             -- what is not touched however old it is
    zh      text NOT NULL,
    en      text NOT NULL
);
INSERT INTO retention (class, name, days, least, old, held, zh, en) VALUES
('positions', 'reading', 30, 7, 't.metric IN (80, 81) AND t.time < :before AND NOT EXISTS (SELECT FROM incident i WHERE i.closed_at IS NULL AND (i.resident_id = t.resident_id OR i.home_id = t.home_id))', 'open incidents',
 '位置：用于走失时寻找', 'positions: to find whoever is lost'),
('photos', 'photo', 365, 30, 't.stored_at < :before AND NOT EXISTS (SELECT FROM incident i WHERE ''incident:'' || i.id = t.subject AND i.closed_at IS NULL) AND NOT EXISTS (SELECT FROM adaptation a WHERE ''adaptation:'' || a.id = t.subject AND a.state IN (''open'', ''planned'', ''done''))', 'open incidents, things at home still to be put right',
 '照片：说明所见，直至事情了结', 'photographs: to show what was found until it is settled'),
('messages', 'message', 730, 90, 't.at < :before AND NOT EXISTS (SELECT FROM conversation c WHERE c.id = t.conversation_id AND c.waiting)', 'what waits for an answer',
 '与家属的留言', 'messages with relatives'),
('deliveries', 'delivery_attempt', 365, 30, 't.ended_at < :before AND NOT EXISTS (SELECT FROM notification n JOIN incident i ON i.id = n.incident_id WHERE n.id = t.notification_id AND i.closed_at IS NULL)', 'open incidents',
 '通知发送记录：证明已通知', 'attempts to deliver: to prove that somebody was told'),
('quarantine', 'quarantine', 30, 1, 't.last_at < :before', '',
 '无法解读的设备消息：用于排除故障', 'messages that could not be read: to find what is broken'),
('visit_reasons', 'worth_a_visit', 400, 30, 't.week < (:before)::date', '',
 '建议探访的理由：与上一年比较', 'reasons for a visit: to compare with the year before');

INSERT INTO personal_data (n, name, fate, given, zh, en)
VALUES (99, 'retention', 'other', false, '不含老人数据', 'nothing about residents');

-- Take away what is older than its class allows, at most `most` rows; returns how many. The server's own clock bounds
-- `moment`: whoever may call this cannot make the present look old.
CREATE FUNCTION retire(wanted text, moment timestamptz, most integer) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept retention; rule text; gone bigint;
BEGIN
    SELECT * INTO STRICT kept FROM retention WHERE class = wanted;
    rule := replace(kept.old, ':before', quote_literal(least(moment, clock_timestamp()) - make_interval(days => kept.days))
                                         || '::timestamptz');
    INSERT INTO clearing DEFAULT VALUES;
    EXECUTE format('DELETE FROM %I WHERE (tableoid, ctid) IN (SELECT t.tableoid, t.ctid FROM %I t WHERE %s LIMIT %s)',
                   kept.name, kept.name, rule, most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM clearing;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION retire(text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retire(text, timestamptz, integer) TO nowalls_whole;
