-- What of each table is about a resident, and what becomes of it when that person is erased: the one list that the
-- export of everything, the erasure, its certificate and docs/privacy.md are made from. Changed by migrations only.

-- Where somebody lived with nobody else, and when: what was measured there is theirs alone.
CREATE FUNCTION lived_alone(resident integer) RETURNS TABLE (home_id integer, during tstzrange)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT l.home_id, l.during FROM residence l
    WHERE l.resident_id = resident
      AND NOT EXISTS (SELECT FROM residence o
                      WHERE o.home_id = l.home_id AND o.resident_id <> resident AND o.during && l.during)
$$;
-- Homes of theirs in which nobody else lives now.
CREATE FUNCTION homes_left(resident integer) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT l.home_id FROM residence l
    WHERE l.resident_id = resident
      AND NOT EXISTS (SELECT FROM residence o
                      WHERE o.home_id = l.home_id AND o.resident_id <> resident AND upper_inf(o.during))
$$;
CREATE FUNCTION incidents_of(resident integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT i.id FROM incident i WHERE i.resident_id = resident
    UNION
    SELECT i.id FROM lived_alone(resident) a
    JOIN incident i ON i.home_id = a.home_id AND i.resident_id IS NULL AND a.during @> i.onset
$$;
-- What somebody typed, and where somebody was, taken out of the data of an event; what is counted stays.
CREATE FUNCTION without_words(data jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN data ? 'note' THEN data || '{"note": ""}' ELSE data END - '{photo,lat,lon,address,name}'::text[]
$$;

CREATE TABLE personal_data (
    name   text PRIMARY KEY,
    fate   text NOT NULL CHECK (fate IN ('deleted', 'blanked', 'kept', 'other')),  -- other: not about residents
    whose  text NOT NULL DEFAULT '',   -- which rows `t` are about the person :resident
    blanks text NOT NULL DEFAULT '',   -- what is set in them
    given  boolean NOT NULL DEFAULT true,  -- whether it is in the export of everything
    n      integer NOT NULL DEFAULT 0,     -- in this order: what refers to another row goes before it
    zh     text NOT NULL,
    en     text NOT NULL,
    CHECK ((fate = 'other') = (whose = '')),
    CHECK ((fate = 'blanked') = (blanks <> ''))
);

INSERT INTO personal_data (n, name, fate, whose, blanks, zh, en) VALUES
(10, 'reading', 'deleted', 't.resident_id = :resident OR (t.resident_id IS NULL AND EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during @> t.time))', '',
 '设备读数（含位置）；与他人同住期间的家庭读数保留', 'readings with positions; those of a home shared with others stay'),
(11, 'motion', 'deleted', 't.resident_id = :resident OR (t.resident_id IS NULL AND EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during @> t.time))', '',
 '原始运动波形', 'raw motion'),
(12, 'quarantine', 'deleted', 't.home_code IN (SELECT h.code FROM home h JOIN lived_alone(:resident) a ON a.home_id = h.id)', '',
 '无法解读的设备消息', 'messages of devices that could not be read'),
(13, 'home_day', 'deleted', 'EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during && tstzrange(to_timestamp(t.day * 86400.0), to_timestamp((t.day + 1) * 86400.0)))', '',
 '每日活动数字', 'figures of each day at home'),
(14, 'routine_day', 'deleted', 'EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during && tstzrange(to_timestamp(t.day * 86400.0), to_timestamp((t.day + 1) * 86400.0)))', '',
 '学习到的作息', 'the routine that was learnt'),
(15, 'home_state', 'deleted', 't.home_id IN (SELECT homes_left(:resident))', '', '家中最近的活动', 'the last activity at home'),
(16, 'worth_a_visit', 'deleted', 't.resident_id = :resident', '', '建议探访的理由', 'reasons for a visit'),
(17, 'finding', 'blanked', 't.resident_id = :resident OR (t.resident_id IS NULL AND EXISTS (SELECT FROM lived_alone(:resident) a WHERE a.home_id = t.home_id AND a.during @> t.onset))',
 'evidence = ''{}'', reason_params = ''{}''', '检测结果：依据和数值清除，时间和种类保留', 'what detectors found: evidence and values go, kind and time stay'),
(20, 'geofence', 'deleted', 't.resident_id = :resident', '', '电子围栏', 'places and fences'),
(21, 'vital_setting', 'deleted', 't.resident_id = :resident', '', '生命体征设置', 'settings of vital signs'),
(22, 'monitoring_profile', 'deleted', 't.resident_id = :resident', '', '监测设置', 'settings of monitoring'),
(23, 'cancel_window', 'deleted', 't.resident_id = :resident', '', '取消时限设置', 'settings of cancelling'),
(24, 'setting_change', 'blanked', 't.resident_id = :resident', 'body = ''{}''', '设置的变更：内容清除', 'changes of settings: what they were goes'),
(30, 'photo', 'deleted', 't.resident_id = :resident OR t.subject IN (SELECT ''incident:'' || x FROM incidents_of(:resident) x)', '', '照片', 'photographs'),
(31, 'message', 'deleted', 't.conversation_id IN (SELECT c.id FROM conversation c WHERE c.resident_id = :resident)', '', '与家属的留言', 'messages with relatives'),
(32, 'conversation', 'deleted', 't.resident_id = :resident', '', '与家属的对话', 'conversations with relatives'),
(33, 'relation', 'deleted', 't.resident_id = :resident', '', '亲属关系', 'what relatives are to the person'),
(34, 'role_grant', 'blanked', 't.resident_id = :resident', 'revoked_at = coalesce(t.revoked_at, :now)', '家属的访问权：终止', 'access of relatives: ended; their accounts are theirs'),
(35, 'invitation', 'blanked', 't.resident_id = :resident', 'expires_at = least(t.expires_at, :now)', '给家属的邀请：失效', 'invitations of relatives: void'),
(36, 'endpoint', 'blanked', 't.owner_kind = ''contact'' AND t.owner_id IN (SELECT c.id FROM contact c WHERE c.resident_id = :resident)',
 'address = ''erased:'' || t.id, label = '''', removed_at = coalesce(t.removed_at, :now)', '联系人的通知地址', 'addresses at which contacts were told'),
(37, 'delivery_attempt', 'blanked', 't.notification_id IN (SELECT m.id FROM notification m WHERE m.incident_id IN (SELECT incidents_of(:resident)))', 'detail = ''''',
 '通知发送记录：回复内容清除', 'attempts to deliver: what was answered goes'),
(40, 'incident_event', 'blanked', 't.incident_id IN (SELECT incidents_of(:resident))', 'data = without_words(t.data)', '告警过程：备注清除，步骤和时间保留', 'steps of incidents: notes go; who did what when stays'),
(41, 'incident', 'blanked', 't.id IN (SELECT incidents_of(:resident))', 'reason_params = t.reason_params - ''{lat,lon,name,place}''::text[]', '告警：种类、时间、结果以代号保留（履行职责的记录和统计）', 'incidents: kind, times and outcome stay with the pseudonym (record of a duty, statistics)'),
(50, 'visit', 'blanked', 't.resident_id = :resident', 'note = '''', why = '''', lat = NULL, lon = NULL', '探访：备注和位置清除', 'visits: notes and places go; that they were made stays'),
(51, 'major_change', 'blanked', 't.resident_id = :resident', 'what = ''''', '重大变化：内容清除', 'changes in somebody''s life: what they were goes'),
(52, 'assessment', 'blanked', 't.resident_id = :resident', 'answers = ''{}'', health = ''{}'', assessors = ''''', '能力评估：答案和诊断清除，等级保留', 'assessments: answers and diagnoses go, grades stay'),
(53, 'adaptation', 'blanked', 't.resident_id = :resident', 'note = ''''', '居家改造：备注清除', 'things to put right at home: notes go'),
(54, 'adaptation_event', 'blanked', 't.adaptation_id IN (SELECT p.id FROM adaptation p WHERE p.resident_id = :resident)', 'data = without_words(t.data)', '居家改造的步骤：备注清除', 'its steps: notes go'),
(55, 'service_order', 'blanked', 't.resident_id = :resident', 'note = '''', complaint = ''''', '服务订单：备注和投诉内容清除', 'orders: notes and complaints go; what was ordered and paid stays'),
(56, 'order_event', 'blanked', 't.order_id IN (SELECT o.id FROM service_order o WHERE o.resident_id = :resident)', 'data = without_words(t.data)', '订单步骤：备注清除', 'steps of orders: notes go'),
(57, 'emergency_access', 'blanked', 't.resident_id = :resident', 'reason = '''', note = ''''', '紧急访问：理由清除', 'emergency access: the reason goes; that it happened stays'),
(58, 'silence', 'blanked', 't.home_id IN (SELECT homes_left(:resident))', 'reason = ''''', '静音：理由清除', 'silences of the home: the reason goes'),
(60, 'resident_change', 'blanked', 't.resident_id = :resident', 'before = NULL, after = NULL', '档案变更：内容清除', 'changes of the record: what it was goes; who changed it when stays'),
(61, 'resident_key', 'deleted', 't.resident_id = :resident', '', '检索词', 'what the person was found by'),
(62, 'resident_identity', 'deleted', 't.resident_id = :resident', '', '身份证号', 'the identity number'),
(63, 'contact', 'deleted', 't.resident_id = :resident', '', '联系人', 'contacts'),
(64, 'consent', 'blanked', 't.resident_id = :resident', 'withdrawn_at = coalesce(t.withdrawn_at, :now)', '同意记录：撤回；作为合法性证据保留', 'consents: withdrawn; kept as proof that what was done was allowed'),
(65, 'home', 'blanked', 't.id IN (SELECT homes_left(:resident))', 'address = '''', access_note = '''', lat = NULL, lon = NULL', '无人居住的住所：地址、入户说明、坐标清除', 'homes where nobody lives any more: address, way in and place go'),
(66, 'resident', 'blanked', 't.id = :resident',
 'name = ''erased-'' || t.id, sex = '''', born = NULL, phone = '''', risks = '''', medicines = '''', allergies = '''', doctor = '''', key_note = '''', left_why = '''', version = t.version + 1',
 '档案：以代号代替姓名，仅保留类别、等级、居住方式和服务站', 'the record: a pseudonym for the name; category, grade, way of living and station stay for statistics');

INSERT INTO personal_data (n, name, fate, whose, given, zh, en) VALUES
(80, 'residence', 'kept', 't.resident_id = :resident', true, '何时居住何处：以代号保留；与他人同住的住所地址属于他人', 'which home when: stays with the pseudonym; the address of a home shared with others is theirs'),
(81, 'installation', 'kept', 't.resident_id = :resident', true, '佩戴过的设备：以代号保留', 'devices worn: stay with the pseudonym'),
(82, 'triage', 'kept', 't.incident_id IN (SELECT incidents_of(:resident))', true, '告警的判定', 'how findings were ruled on: no words'),
(83, 'notification', 'kept', 't.incident_id IN (SELECT incidents_of(:resident))', true, '通知：何时通知了谁的编号', 'who was told when, by number'),
(84, 'offer', 'kept', 't.incident_id IN (SELECT incidents_of(:resident))', true, '派单', 'who was sent'),
(85, 'ask', 'kept', 't.incident_id IN (SELECT incidents_of(:resident))', true, '向佩戴者的询问', 'what wearers were asked'),
(86, 'publication', 'kept', 't.incident_id IN (SELECT incidents_of(:resident))', false, '已发布的告警状态', 'what was published of incidents, by number'),
(87, 'visit_confirmation', 'kept', 't.visit_id IN (SELECT v.id FROM visit v WHERE v.resident_id = :resident)', true, '探访确认', 'visits that were confirmed'),
(88, 'ledger_book', 'kept', 't.owner_kind = ''resident'' AND t.owner_id = :resident', true, '账本（会计法定保存）', 'the account book: kept by accounting law'),
(89, 'ledger_line', 'kept', 't.book_id IN (SELECT b.id FROM ledger_book b WHERE b.owner_kind = ''resident'' AND b.owner_id = :resident)', true, '账目（会计法定保存）', 'amounts booked: kept by accounting law'),
(90, 'ledger_entry', 'kept', 't.id IN (SELECT l.entry_id FROM ledger_line l JOIN ledger_book b ON b.id = l.book_id WHERE b.owner_kind = ''resident'' AND b.owner_id = :resident)', true, '记账（会计法定保存）', 'bookings: kept by accounting law'),
(91, 'audit_entry', 'kept', 't.residents @> ARRAY[:resident]', true, '访问日志：法定保存且带哈希链；其中的理由为工作人员所写', 'who looked: the law asks to keep it, and it is chained; a reason that staff typed stays'),
(92, 'intake', 'kept', 'false', false, '导入的表格：处理后即删除', 'sheets on their way in: gone once taken in or dropped'),
(93, 'inspection_task', 'kept', 'false', false, '抽查：按住所编号', 'inspections: by the number of the home'),
(94, 'detector_memory', 'kept', 'false', false, '检测器内部数字，按编号', 'numbers inside detectors, by key'),
(95, 'service_press', 'kept', 'false', false, '服务按钮：按设备编号', 'presses of service buttons, by device');

INSERT INTO personal_data (n, name, fate, given, zh, en)
SELECT 99, unnest(ARRAY[
    'access_digest', 'account', 'account_link', 'api_token', 'audit_anchor', 'audit_link', 'audit_pending', 'audit_retired',
    'care_count', 'clearing', 'consent_text', 'console_secret', 'coverage_month', 'coverage_stale', 'device', 'device_claim',
    'device_clock', 'device_pause', 'device_secret', 'device_state', 'drill', 'duty_override', 'endpoint_state',
    'erasure', 'escalation_policy', 'heartbeat', 'holiday', 'identity', 'ingest_worker', 'inspection', 'intake_problem',
    'kind_policy', 'login_attempt', 'metric', 'migration', 'opening_hours', 'passkey', 'people_count', 'personal_data',
    'policy_history', 'provider', 'recovery_code', 'responder_state', 'rotation', 'service', 'service_use', 'session',
    'shift', 'sign_in_step', 'station', 'totp', 'triage_cursor', 'visit_rule', 'visit_season', 'volunteer']),
    'other', false, '不含老人数据', 'nothing about residents';
UPDATE personal_data SET zh = '删除记录本身：只有代号、依据和统计', en = 'the erasure itself: pseudonym, ground and counts'
WHERE name = 'erasure';
