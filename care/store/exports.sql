-- People as a file, a stretch at a time.

-- name: stretch
-- People in our care below these paths, by key.
SELECT r.id, r.name, r.sex, r.born, i.number AS identity, r.phone, s.code AS station,
       coalesce(h.code, '') AS home, coalesce(h.address, '') AS address, r.living, r.category, r.ability_grade,
       r.risks, r.medicines, r.allergies, r.doctor,
       coalesce(c.names, ARRAY[]::varchar[]) AS names, coalesce(c.phones, ARRAY[]::varchar[]) AS phones,
       coalesce(c.relations, ARRAY[]::text[]) AS relations
FROM resident r
JOIN station s ON s.id = r.station_id
LEFT JOIN resident_identity i ON i.resident_id = r.id
LEFT JOIN residence l ON l.resident_id = r.id AND l.during @> %(now)s::timestamptz
LEFT JOIN home h ON h.id = l.home_id
LEFT JOIN LATERAL (SELECT array_agg(c.name ORDER BY c.rank) AS names, array_agg(c.phone ORDER BY c.rank) AS phones,
                          array_agg(c.relation ORDER BY c.rank) AS relations
                   FROM contact c WHERE c.resident_id = r.id AND c.rank <= 2) c ON true
WHERE s.path <@ ANY (%(paths)s::ltree[]) AND r.left_on IS NULL AND r.id > %(after)s
ORDER BY r.id LIMIT %(limit)s
