-- Everything the care package says to the database.

-- name: put_station
-- A station is known by its code; naming it again updates what may change and never moves it in the tree.
INSERT INTO station AS s (id, parent_id, path, code, level, name, name_en, phone, time_zone, lat, lon)
SELECT fresh.id, above.id,
       CASE WHEN above.path IS NULL THEN fresh.id::text::ltree ELSE above.path || fresh.id::text END,
       %(code)s, %(level)s, %(name)s, %(name_en)s, %(phone)s, %(time_zone)s, %(lat)s, %(lon)s
  FROM (SELECT coalesce((SELECT id FROM station WHERE code = %(code)s),
                        nextval(pg_get_serial_sequence('station', 'id'))::integer) AS id) AS fresh
  LEFT JOIN station AS above ON above.code = %(parent)s
ON CONFLICT (code) DO UPDATE
   SET name = excluded.name, name_en = excluded.name_en, phone = excluded.phone,
       time_zone = excluded.time_zone, lat = excluded.lat, lon = excluded.lon
RETURNING s.id;

-- name: station_id
-- The key of a station by its code.
SELECT id FROM station WHERE code = %(code)s;

-- name: put_home
-- A home is known by its code; an address may be corrected, the creation instant stays.
INSERT INTO home (code, station_id, address, access_note, lat, lon, created_at)
VALUES (%(code)s, %(station_id)s, %(address)s, %(access_note)s, %(lat)s, %(lon)s, %(now)s)
ON CONFLICT (code) DO UPDATE
   SET station_id = excluded.station_id, address = excluded.address, access_note = excluded.access_note,
       lat = excluded.lat, lon = excluded.lon
RETURNING id;

-- name: follow_home
-- The station that answers for a home answers for those who live there until further notice.
UPDATE resident SET station_id = home.station_id
  FROM residence JOIN home ON home.id = residence.home_id
 WHERE residence.home_id = %(home_id)s AND upper_inf(residence.during)
   AND resident.id = residence.resident_id AND resident.station_id <> home.station_id;

-- name: home
-- A home by its code, with the station that answers for it.
SELECT id, station_id FROM home WHERE code = %(code)s;

-- name: add_resident
-- A person; where they live is a period of its own.
INSERT INTO resident (station_id, name, sex, born, phone, language, living, ability_grade, risks, created_at,
                      seal_key)
VALUES (%(station_id)s, %(name)s, %(sex)s, %(born)s, %(phone)s, %(language)s, %(living)s,
        %(ability_grade)s, %(risks)s, %(now)s, %(place)s)
RETURNING id;

-- name: put_keys
-- What the person is found by from now on, and by nothing else.
WITH gone AS (
    DELETE FROM resident_key WHERE resident_id = %(resident_id)s AND key <> ALL (%(keys)s::text[]))
INSERT INTO resident_key (resident_id, key) SELECT %(resident_id)s, unnest(%(keys)s::text[])
ON CONFLICT DO NOTHING;

-- name: living_in
-- Who lives in a home at an instant, in the order in which they moved in.
SELECT resident.id, resident.name
  FROM residence JOIN resident ON resident.id = residence.resident_id
 WHERE residence.home_id = %(home_id)s AND residence.during @> %(now)s::timestamptz
 ORDER BY lower(residence.during), resident.id;

-- name: end_residence
-- Moving out closes the open period. The start is kept; a stay of no length is not history.
UPDATE residence SET during = tstzrange(lower(during), %(now)s)
 WHERE resident_id = %(resident_id)s AND upper_inf(during) AND lower(during) < %(now)s;

-- name: move_in
-- A stay that begins now and has no end yet; the exclusion constraint refuses two at once.
INSERT INTO residence (resident_id, home_id, during)
VALUES (%(resident_id)s, %(home_id)s, tstzrange(%(since)s, NULL));

-- name: contact_names
-- Who is called at present.
SELECT rank, name FROM contact WHERE resident_id = %(resident_id)s;

-- name: put_call_keys
-- The numbers of whom to call, by which somebody is known in an emergency: these, and no others.
WITH gone AS (
    DELETE FROM resident_key
     WHERE resident_id = %(resident_id)s AND key ^@ E'\x1fc' AND key <> ALL (%(keys)s::text[]))
INSERT INTO resident_key (resident_id, key) SELECT %(resident_id)s, unnest(%(keys)s::text[])
ON CONFLICT DO NOTHING;

-- name: put_contact
-- Whom to call, first things first; the same rank again replaces the person. Whoever stays keeps quiet hours
-- that nothing new is said of.
INSERT INTO contact (resident_id, rank, name, relation, phone, quiet_from, quiet_until)
VALUES (%(resident_id)s, %(rank)s, %(name)s, %(relation)s, %(phone)s,
        extract(epoch FROM %(quiet_from)s::time)::integer / 60, extract(epoch FROM %(quiet_until)s::time)::integer / 60)
ON CONFLICT (resident_id, rank) DO UPDATE
   SET name = excluded.name, relation = excluded.relation, phone = excluded.phone,
       quiet_from = CASE WHEN excluded.quiet_from IS NULL AND %(stays)s THEN contact.quiet_from
                         ELSE excluded.quiet_from END,
       quiet_until = CASE WHEN excluded.quiet_from IS NULL AND %(stays)s THEN contact.quiet_until
                          ELSE excluded.quiet_until END;

-- name: drop_contacts
-- Who was taken off the list is called no more, and we have no reason to keep their number.
DELETE FROM contact WHERE resident_id = %(resident_id)s AND rank > %(last)s;

-- name: give_consent
-- One row a consent; withdrawing marks it and giving again is a new row.
INSERT INTO consent (resident_id, purpose, version, given_at)
SELECT %(resident_id)s, %(purpose)s, %(version)s, %(now)s
 WHERE NOT EXISTS (SELECT FROM consent WHERE resident_id = %(resident_id)s AND purpose = %(purpose)s
                      AND version = %(version)s AND withdrawn_at IS NULL);

-- name: note_consent
-- An old document read again must not take back a withdrawal: only the person gives consent a second time.
INSERT INTO consent (resident_id, purpose, given_at)
SELECT %(resident_id)s, %(purpose)s, %(now)s
 WHERE NOT EXISTS (SELECT FROM consent WHERE resident_id = %(resident_id)s AND purpose = %(purpose)s);

-- name: withdraw_consent
-- From this instant on the purpose has no ground any more.
UPDATE consent SET withdrawn_at = %(now)s
 WHERE resident_id = %(resident_id)s AND purpose = %(purpose)s AND withdrawn_at IS NULL;

-- name: put_device
-- A device is known by its code, which is also its MQTT user name; the kind never changes.
INSERT INTO device (code, kind, model, report_every_s, created_at)
VALUES (%(code)s, %(kind)s, %(model)s, %(report_every_s)s, %(now)s)
ON CONFLICT (code) DO UPDATE SET model = excluded.model, report_every_s = excluded.report_every_s
RETURNING id, kind;

-- name: device_id
-- The key of a device by its code.
SELECT id FROM device WHERE code = %(code)s;

-- name: drop_ended_secrets
-- What lived on for a while after a rotation ends with the next secret that is set by hand.
DELETE FROM device_secret WHERE device_id = %(device_id)s AND ends_at IS NOT NULL;

-- name: set_secret
-- Only hashes; the old secret is worth nothing from here on.
INSERT INTO device_secret (device_id, bcrypt, pbkdf2, created_at)
VALUES (%(device_id)s, %(bcrypt)s, %(pbkdf2)s, %(now)s)
ON CONFLICT (device_id) WHERE ends_at IS NULL
DO UPDATE SET bcrypt = excluded.bcrypt, pbkdf2 = excluded.pbkdf2, created_at = excluded.created_at;

-- name: secret
-- The hash of a device's secret.
SELECT bcrypt, pbkdf2 FROM device_secret WHERE device_id = %(device_id)s AND ends_at IS NULL;

-- name: installed
-- Where a device hangs, until further notice, and since when.
SELECT home_id, resident_id, room, site, lower(during) FROM installation
 WHERE device_id = %(device_id)s AND upper_inf(during);

-- name: uninstall
-- Taking a device down closes the open period.
UPDATE installation SET during = tstzrange(lower(during), %(now)s)
 WHERE device_id = %(device_id)s AND upper_inf(during) AND lower(during) < %(now)s;

-- name: install
-- From `since` on the device's readings belong to this home and person.
INSERT INTO installation (device_id, home_id, resident_id, room, site, during)
VALUES (%(device_id)s, %(home_id)s, %(resident_id)s, %(room)s, %(site)s, tstzrange(%(since)s, NULL));

-- name: devices
-- What hangs where now, for the list an administrator reads.
SELECT device.code, device.kind, coalesce(home.code, '') AS home, coalesce(place.room, '') AS room,
       coalesce(place.site, '') AS site, place.resident_id, device.report_every_s,
       hidden.created_at AS secret_since
  FROM device
  LEFT JOIN installation AS place ON place.device_id = device.id AND place.during @> %(now)s::timestamptz
  LEFT JOIN home ON home.id = place.home_id
  LEFT JOIN device_secret AS hidden ON hidden.device_id = device.id AND hidden.ends_at IS NULL
 ORDER BY home.code NULLS FIRST, device.code;

-- name: ring
-- The doorbell of everyone who keeps the directory: the broker's users, the ingest workers.
SELECT pg_notify('devices', '');

-- name: set_console_secret
-- Let a station's console in with this secret from now on.
INSERT INTO console_secret (station_id, bcrypt, pbkdf2, created_at)
SELECT id, %(bcrypt)s, %(pbkdf2)s, %(now)s FROM station WHERE code = %(code)s
ON CONFLICT (station_id)
DO UPDATE SET bcrypt = excluded.bcrypt, pbkdf2 = excluded.pbkdf2, created_at = excluded.created_at
