-- Which worker has taken a notification in hand. It holds an advisory lock of this number for as long as it is
-- connected: what a dead worker held is free at once, not only when the time it was taken for is over.
ALTER TABLE notification ADD COLUMN worker integer;
CREATE INDEX notification_worker ON notification (worker) WHERE worker IS NOT NULL;
