-- CloudEvents beside the plain webhook, and what the doorbells of FHIR subscriptions ask. As the owner: delivery
-- itself reads neither tokens nor measurements.

-- locks: a list of a few hundred endpoints is looked through in a moment
ALTER TABLE endpoint DROP CONSTRAINT endpoint_channel_check;
-- locks: as above
ALTER TABLE endpoint ADD CONSTRAINT endpoint_channel_check
    CHECK (channel IN ('web_push', 'apprise', 'webhook', 'cloudevents', 'cloudevents_binary', 'siren'));

-- Whether a token still opens anything: as the API asks it (api/store/machines.sql).
CREATE FUNCTION token_stands(account integer, wall_now timestamptz) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM api_token k
        JOIN account a ON a.id = k.account_id AND a.disabled_at IS NULL
        LEFT JOIN station n ON n.id = k.station_id
        WHERE k.account_id = token_stands.account AND k.revoked_at IS NULL AND k.expires_at > wall_now
          AND EXISTS (
              SELECT FROM role_grant g
              JOIN account m ON m.id = g.account_id AND m.disabled_at IS NULL
              LEFT JOIN station t ON t.id = g.station_id
              WHERE g.account_id = k.made_by AND g.role = 'administrator' AND g.revoked_at IS NULL
                AND (g.station_id IS NULL OR t.path @> n.path)))
$$;

-- Whether something was measured of a person who agrees to a hand-over, that came after `since`.
CREATE FUNCTION newly_measured(resident integer, metrics smallint[], since timestamptz, now timestamptz)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM consent_holding c
                   WHERE c.resident_id = newly_measured.resident AND c.purpose = 'handover' AND c.given_at <= newly_measured.now
                     AND (c.withdrawn_at IS NULL OR c.withdrawn_at > newly_measured.now))
       AND (EXISTS (SELECT FROM told_observation t
                    WHERE t.resident_id = newly_measured.resident AND t.received > since)
            OR EXISTS (SELECT FROM residence l JOIN reading r ON r.home_id = l.home_id
                       WHERE l.resident_id = newly_measured.resident AND l.during @> newly_measured.now
                         AND r.time > since - interval '1 day' AND r.received > since AND r.metric = ANY (metrics)
                         AND (r.resident_id = newly_measured.resident OR r.resident_id IS NULL)))
$$;
