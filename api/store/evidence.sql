-- What the detectors saw of an incident that the caller may see.

-- name: motion
-- The windows of one wearable that touch a span of time.
SELECT time, hz, acc FROM motion
WHERE device_id = %(device)s AND time >= %(since)s AND time < %(until)s
ORDER BY time

-- name: wearable
-- What the resident wore then, when the finding names no device.
SELECT n.device_id FROM installation n JOIN device d ON d.id = n.device_id
WHERE n.resident_id = %(resident)s AND n.during @> %(at)s::timestamptz AND d.kind = 'wearable'
ORDER BY n.device_id LIMIT 1

-- name: activity
-- When something moved in the home; the latest when there is too much.
SELECT time FROM (
    SELECT DISTINCT time FROM reading
    WHERE home_id = %(home)s AND time >= %(since)s AND time < %(until)s
      AND metric = ANY(%(metrics)s) AND value > 0
      -- By device, for so old readings lie together where they are compressed (core.timeseries).
      AND device_id IN (SELECT n.device_id FROM installation n
                        WHERE n.home_id = %(home)s AND n.during && tstzrange(%(since)s, %(until)s))
    ORDER BY time DESC LIMIT %(limit)s
) latest ORDER BY time

-- name: vitals
-- Vital signs of a resident by what they wear or lie on, thinned to one value a slot.
SELECT metric, min(time) AS time, avg(value) AS value
FROM reading
WHERE home_id = %(home)s AND resident_id = %(resident)s AND time >= %(since)s AND time < %(until)s
  AND metric = ANY(%(metrics)s)
  AND device_id IN (SELECT n.device_id FROM installation n
                    WHERE n.home_id = %(home)s AND n.during && tstzrange(%(since)s, %(until)s))
GROUP BY metric, date_bin(make_interval(secs => %(slot_s)s), time, '2000-01-01'::timestamptz)
ORDER BY metric, time
