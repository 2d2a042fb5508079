-- Where residents may be, as an administrator's document says. The pages write the same table.

-- name: drop_fences
-- All are written anew.
DELETE FROM geofence WHERE resident_id = %(resident)s

-- name: put_fence
-- One of them.
INSERT INTO geofence (resident_id, name, lats, lons, radius_m, from_minute, until_minute)
VALUES (%(resident)s, %(name)s, %(lats)s, %(lons)s, %(radius_m)s, %(from_minute)s, %(until_minute)s)
