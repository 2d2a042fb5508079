-- name: logins
-- Every device that hangs in a home now, has a secret that still counts, and is not shut out for saying too much.
SELECT device.code, home.code, device_secret.bcrypt, device_secret.number, device_secret.pbkdf2,
       EXISTS (SELECT FROM foreign_source WHERE foreign_source.device_id = device.id), device.kind = 'gateway'
  FROM device
  JOIN device_secret ON device_secret.device_id = device.id
   AND (device_secret.ends_at IS NULL OR device_secret.ends_at > %(now)s)
  JOIN installation ON installation.device_id = device.id AND upper_inf(installation.during)
  JOIN home ON home.id = installation.home_id
 WHERE NOT EXISTS (SELECT FROM device_pause
                    WHERE device_pause.device_id = device.id AND device_pause.until > %(now)s);

-- name: claimants
-- Every claim code that may still be exchanged, and those exchanged just now: their devices hear the answer yet.
SELECT id, bcrypt, pbkdf2 FROM device_claim
 WHERE ends_at > %(now)s AND (used_at IS NULL OR used_at > %(now)s - interval '30 seconds');

-- name: next_change
-- When the next of these ends by itself.
SELECT min(at) FROM (
    SELECT ends_at AS at FROM device_secret WHERE ends_at > %(now)s
    UNION ALL SELECT least(ends_at, used_at + interval '30 seconds') FROM device_claim
               WHERE ends_at > %(now)s AND (used_at IS NULL OR used_at > %(now)s - interval '30 seconds')
    UNION ALL SELECT until FROM device_pause WHERE until > %(now)s) AS ends;

-- name: consoles
-- Every station whose console has a secret.
SELECT station.code, console_secret.bcrypt, console_secret.pbkdf2
  FROM station
  JOIN console_secret ON console_secret.station_id = station.id;

-- name: family_homes
-- Relatives' own smart homes.
SELECT code, bcrypt, pbkdf2 FROM family_home WHERE ended_at IS NULL;

-- name: listen
-- The doorbell care rings when devices change.
LISTEN devices;
