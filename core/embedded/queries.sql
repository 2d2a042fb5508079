-- name: logins
-- Every device that hangs in a home now and has a secret: the users of the broker.
SELECT device.code, home.code, device_secret.bcrypt
  FROM device
  JOIN device_secret ON device_secret.device_id = device.id
  JOIN installation ON installation.device_id = device.id AND upper_inf(installation.during)
  JOIN home ON home.id = installation.home_id;

-- name: consoles
-- Every station whose console has a secret.
SELECT station.code, console_secret.bcrypt
  FROM station
  JOIN console_secret ON console_secret.station_id = station.id;

-- name: listen
-- The doorbell care rings when devices change.
LISTEN devices;
