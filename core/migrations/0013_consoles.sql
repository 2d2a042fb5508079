-- A station's console logs in to the broker as station:<code>; only the hash is kept. Written by care.
CREATE TABLE console_secret (
    station_id integer PRIMARY KEY REFERENCES station,
    bcrypt     text NOT NULL,
    created_at timestamptz NOT NULL
);
