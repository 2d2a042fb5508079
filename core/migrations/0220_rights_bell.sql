-- Whose rights changed is known at once at every open socket, in whichever process: the live feed looks at its
-- sessions again when this rings, and every five seconds without.
CREATE FUNCTION ring_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rights', '');
    RETURN NULL;
END $$;

CREATE TRIGGER rights_changed AFTER INSERT OR UPDATE OR DELETE ON role_grant
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
CREATE TRIGGER rights_changed AFTER INSERT OR UPDATE OR DELETE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
CREATE TRIGGER rights_changed AFTER INSERT OR UPDATE OR DELETE ON consent_text
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
CREATE TRIGGER rights_changed AFTER INSERT OR UPDATE OR DELETE ON emergency_access
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
CREATE TRIGGER rights_changed AFTER UPDATE OF disabled_at ON account
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
CREATE TRIGGER rights_changed AFTER DELETE ON session
    FOR EACH STATEMENT EXECUTE FUNCTION ring_rights();
