-- Where colleagues reach each other; shown to who may see the duty. Written by the api package.
ALTER TABLE account ADD COLUMN phone text NOT NULL DEFAULT '';
