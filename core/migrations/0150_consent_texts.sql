-- What people are asked to agree to, in the words they hear; each version for ever. Written by the care package only.
CREATE TABLE consent_text (
    purpose    text NOT NULL CHECK (purpose IN ('monitoring', 'family_view', 'handover', 'photos', 'research')),
    version    integer NOT NULL CHECK (version > 0),
    zh         text NOT NULL CHECK (zh <> ''),
    en         text NOT NULL CHECK (en <> ''),
    anew       boolean NOT NULL,       -- it means something else: what was agreed to before holds no longer
    since      timestamptz NOT NULL,
    account_id integer REFERENCES account,
    PRIMARY KEY (purpose, version)
);
CREATE TRIGGER consent_text_append_only BEFORE UPDATE OR DELETE ON consent_text
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

INSERT INTO consent_text (purpose, version, zh, en, anew, since) VALUES
('monitoring', 1,
 '我同意在我家中和身上安装设备，由社区养老服务站全天查看其数据（活动、门、床、生命体征、位置、跌倒），以便在我需要帮助时及时发现。我可以随时撤回，撤回后设备停止工作，照护服务不受影响。',
 'I agree that devices in my home and on me are watched around the clock by the care station (movement, doors, bed, vital signs, position, falls), so that it is noticed when I need help. I may withdraw at any time: the devices stop, other care goes on.',
 false, '2026-01-01T00:00:00Z'),
('family_view', 1,
 '我同意由我指定的家人查看我的日常状况和告警，并在告警时收到通知。我可以随时撤回。',
 'I agree that the relatives I name see how my days go and what alarms there were, and are told of alarms. I may withdraw at any time.',
 false, '2026-01-01T00:00:00Z'),
('handover', 1,
 '我同意服务站在需要时把我的健康情况、住址和联系人交给急救人员、医生或医院。我可以随时撤回；危及生命时，法律允许在未同意的情况下提供，并会留下记录。',
 'I agree that the station hands my health, address and contacts to ambulance, doctor or hospital when they are needed. I may withdraw at any time; where my life is in danger the law allows it without consent, and it is recorded.',
 false, '2026-01-01T00:00:00Z'),
('photos', 1,
 '我同意工作人员在探访和居家改造时拍摄我家中的照片，仅供服务站内部使用。我可以随时撤回，撤回后不再拍摄。',
 'I agree that staff take pictures in my home on visits and when something there is put right, for use within the station only. I may withdraw at any time: no more are taken.',
 false, '2026-01-01T00:00:00Z'),
('research', 1,
 '我同意将去除身份信息后的数据用于改进跌倒和异常的识别方法。我可以随时撤回，撤回后不再使用我的数据。',
 'I agree that my data, without what identifies me, are used to improve how falls and troubles are recognised. I may withdraw at any time: from then on my data are not used.',
 false, '2026-01-01T00:00:00Z');

ALTER TABLE consent ADD COLUMN given_by integer REFERENCES account;       -- who wrote it down; NULL: a document
ALTER TABLE consent ADD COLUMN withdrawn_by integer REFERENCES account;

-- Asked wherever the question is whether somebody agrees: not what was given to a text that has since come to mean
-- something else.
CREATE VIEW consent_holding WITH (security_invoker = true) AS
SELECT c.* FROM consent c
WHERE NOT EXISTS (SELECT FROM consent_text t WHERE t.purpose = c.purpose AND t.anew AND t.version > c.version);
