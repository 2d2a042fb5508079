-- What was found still to say something of who was forgotten: values within the steps of incidents, the last place in a
-- detector's memory, notes of inspections, names of things of other systems.

-- Devices that were about the person, and hang nowhere else now.
CREATE FUNCTION devices_left(resident integer) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT n.device_id FROM installation n
    WHERE (n.resident_id = resident OR n.home_id IN (SELECT homes_left(resident)))
      AND NOT EXISTS (SELECT FROM installation o
                      WHERE o.device_id = n.device_id AND upper_inf(o.during) AND o.resident_id IS DISTINCT FROM resident
                        AND o.home_id NOT IN (SELECT homes_left(resident)))
$$;
-- Of these, what hangs nowhere at all: what hangs in an empty home is there for whoever comes next.
CREATE FUNCTION devices_put_away(resident integer) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT d FROM devices_left(resident) d
    WHERE NOT EXISTS (SELECT FROM installation o WHERE o.device_id = d AND upper_inf(o.during))
$$;
-- As before, and what a sentence is filled in with: it is a heart rate, a place, a name.
CREATE OR REPLACE FUNCTION without_words(data jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN data ? 'was' AND jsonb_typeof(data -> 'was') = 'object'
                THEN jsonb_set(bare, '{was}', (data -> 'was') - said) ELSE bare END
    FROM (SELECT (CASE WHEN data ? 'note' THEN data || '{"note": ""}' ELSE data END
                  || CASE WHEN data ? 'text_key' THEN '{"text_key": "erased.words"}'::jsonb ELSE '{}' END
                  || CASE WHEN data ? 'reason_key' THEN '{"reason_key": "erased.words"}'::jsonb ELSE '{}' END) - said AS bare,
                 said
          FROM (SELECT '{photo,lat,lon,address,name,place,evidence,text_params,reason_params}'::text[] AS said) keys) stripped
$$;

UPDATE personal_data SET blanks = 'reason_key = ''erased.words'', reason_params = ''{}''',
    zh = '告警：数值、地点和文字清除；种类、时间、结果以代号保留（履行职责的记录和统计）',
    en = 'incidents: values, places and words go; kind, times and outcome stay with the pseudonym (record of a duty, statistics)'
WHERE name = 'incident';
UPDATE personal_data SET zh = '告警过程：备注、数值和地点清除，步骤和时间保留',
    en = 'steps of incidents: notes, values and places go; who did what when stays'
WHERE name = 'incident_event';
UPDATE personal_data SET whose = 't.home_id IN (SELECT homes_left(:resident)) OR t.device_id IN (SELECT devices_left(:resident))'
WHERE name = 'silence';
UPDATE personal_data SET fate = 'blanked', n = 59, blanks = 'note = ''''',
    whose = 'EXISTS (SELECT FROM inspection i WHERE i.id = t.inspection_id AND i.kind = ''home'') AND t.subject IN (SELECT h::text FROM homes_left(:resident) h)',
    zh = '抽查：住所的备注清除', en = 'inspections of homes where nobody lives any more: notes go'
WHERE name = 'inspection_task';
UPDATE personal_data SET fate = 'deleted', n = 17,
    whose = 'CASE WHEN t.detector IN (''inactivity'', ''living'') THEN t.subject IN (SELECT homes_left(:resident)) ELSE t.subject IN (SELECT devices_left(:resident)) OR (t.detector IN (''wandering'', ''vitals'') AND t.numbers[1] = :resident) END',
    zh = '检测器内部数字：最近位置、习惯', en = 'numbers inside detectors: the last place, what was usual'
WHERE name = 'detector_memory';
UPDATE personal_data SET fate = 'deleted', n = 13, given = false,
    whose = 't.device_id IN (SELECT devices_put_away(:resident))',
    zh = '已拆除的第三方设备的名称', en = 'names of things of other systems that were taken down'
WHERE name = 'foreign_name';
UPDATE personal_data SET fate = 'deleted', n = 14, given = false,
    whose = 't.source_id IN (SELECT devices_put_away(:resident))',
    zh = '已拆除的第三方网关的自述', en = 'how things behind a gateway that was taken down describe themselves'
WHERE name = 'foreign_announcement';
-- After two years it is all there is of somebody's readings: theirs to take along, too.
UPDATE personal_data SET given = true WHERE name = 'reading_hour';
UPDATE personal_data SET zh = '导入的表格：处理后即删除，最长一周', en = 'sheets on their way in: gone once taken in or dropped, after a week at the latest'
WHERE name = 'intake';

-- The same for who was forgotten before. Their certificates say what was done then, and stay as they are.
DO $$
DECLARE
    gone record; part personal_data; whose text;
BEGIN
    INSERT INTO clearing DEFAULT VALUES;
    FOR gone IN SELECT e.resident_id, e.done_at FROM erasure e WHERE e.done_at IS NOT NULL LOOP
        FOR part IN SELECT * FROM personal_data p
                    WHERE p.name IN ('foreign_name', 'foreign_announcement', 'detector_memory', 'incident_event', 'incident',
                                     'silence', 'inspection_task') ORDER BY p.n LOOP
            whose := replace(part.whose, ':resident', gone.resident_id::text);
            IF part.fate = 'deleted' THEN
                EXECUTE format('DELETE FROM %I t WHERE %s', part.name, whose);
            ELSE
                EXECUTE format('UPDATE %I t SET %s WHERE %s', part.name, part.blanks, whose);
            END IF;
        END LOOP;
    END LOOP;
    DELETE FROM clearing;
END $$;
