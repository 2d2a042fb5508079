-- What devices prove themselves with: claim codes, secrets, and where both stand.

-- name: lock_device
-- One at a time changes the keys of a device; where it hangs is what its secret will open.
SELECT device.id, device.code, home.code, home.station_id, installation.resident_id
  FROM device
  LEFT JOIN installation ON installation.device_id = device.id AND upper_inf(installation.during)
  LEFT JOIN home ON home.id = installation.home_id
 WHERE device.id = %(device_id)s FOR UPDATE OF device;

-- name: drop_claims
-- A device has one claim code at a time: the one made last.
DELETE FROM device_claim WHERE device_id = %(device_id)s AND used_at IS NULL;

-- name: put_claim
-- Only hashes; the code itself is shown once.
INSERT INTO device_claim (id, device_id, bcrypt, pbkdf2, made_at, ends_at)
VALUES (%(id)s, %(device_id)s, %(bcrypt)s, %(pbkdf2)s, %(now)s, %(ends_at)s)
ON CONFLICT DO NOTHING;

-- name: claim
-- The code that is to be exchanged, while it counts.
SELECT device_id, bcrypt FROM device_claim WHERE id = %(id)s AND used_at IS NULL AND ends_at > %(now)s;

-- name: use_claim
-- Once: who comes second finds no row.
UPDATE device_claim SET used_at = %(now)s
 WHERE id = %(id)s AND used_at IS NULL AND ends_at > %(now)s;

-- name: end_secrets
-- From `ends_at` on (now, or after an overlap) the secrets that count today count no more.
UPDATE device_secret SET ends_at = %(ends_at)s
 WHERE device_id = %(device_id)s AND (ends_at IS NULL OR ends_at > %(ends_at)s);

-- name: sweep
-- What has ended is nothing to keep, but for the last: numbers go on.
DELETE FROM device_secret AS s
 WHERE device_id = %(device_id)s AND ends_at <= %(now)s
   AND number < (SELECT max(number) FROM device_secret WHERE device_id = s.device_id);

-- name: add_secret
-- The next secret; its number is part of the login.
INSERT INTO device_secret (device_id, number, bcrypt, pbkdf2, created_at)
SELECT %(device_id)s, coalesce(max(number), 0) + 1, %(bcrypt)s, %(pbkdf2)s, %(now)s
  FROM device_secret WHERE device_id = %(device_id)s
RETURNING number;

-- name: login
-- The hash behind a login, while it counts and the device hangs somewhere.
SELECT device.id, device_secret.bcrypt
  FROM device JOIN device_secret ON device_secret.device_id = device.id
  JOIN installation ON installation.device_id = device.id AND upper_inf(installation.during)
 WHERE device.code = %(code)s AND device_secret.number = %(number)s
   AND (device_secret.ends_at IS NULL OR device_secret.ends_at > %(now)s);

-- name: state
-- Where the keys of a device stand.
SELECT (SELECT created_at FROM device_secret WHERE device_id = %(device_id)s AND ends_at IS NULL) AS secret_since,
       (SELECT max(ends_at) FROM device_secret WHERE device_id = %(device_id)s AND ends_at > %(now)s) AS old_until,
       (SELECT max(ends_at) FROM device_claim
         WHERE device_id = %(device_id)s AND used_at IS NULL AND ends_at > %(now)s) AS claim_until,
       (SELECT until FROM device_pause WHERE device_id = %(device_id)s AND until > %(now)s) AS paused_until
