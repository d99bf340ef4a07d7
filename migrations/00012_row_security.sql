-- Tables with internal content are defended by the database: a query sees only
-- what its transaction has said it reads (tiendo.reads), so that one which forgot
-- its filter finds nothing instead of everything. It holds for the owner of the
-- tables, too (FORCE); superusers pass it, so the program must not be one.
--
--   log                  what acts write and the program reckons with: change, note
--   accounts             accounts with all that belongs to them
--   2021 {[0,5),[7,9)}   of one election what belongs to the places at these
--                        positions of its list: what one caller reads
--
-- What is in a (SELECT …) of its own is asked for once in a query, not once for
-- each of the log's rows. Later migrations that read or write these tables have to
-- say SET LOCAL tiendo.reads first, and so has one that adds a foreign key.

-- +goose Up
-- The places of a caller. Their bounds narrow the index.
CREATE VIEW place_read AS
    SELECT a.code
    FROM area a
    WHERE a.edition = (SELECT e.edition FROM election e WHERE e.id = split_part(current_setting('tiendo.reads', true), ' ', 1))
      AND a.position >= (SELECT lower(nullif(split_part(current_setting('tiendo.reads', true), ' ', 2), '')::int4multirange))
      AND a.position < (SELECT upper(nullif(split_part(current_setting('tiendo.reads', true), ' ', 2), '')::int4multirange))
      AND a.position <@ (SELECT nullif(split_part(current_setting('tiendo.reads', true), ' ', 2), '')::int4multirange);

ALTER TABLE change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY change_for_the_program ON change
    USING ((SELECT current_setting('tiendo.reads', true)) = 'log');
CREATE POLICY change_in_its_place ON change FOR SELECT USING (
    election = (SELECT split_part(current_setting('tiendo.reads', true), ' ', 1)) AND area_code IN (SELECT p.code FROM place_read p));

ALTER TABLE note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY note_for_the_program ON note
    USING ((SELECT current_setting('tiendo.reads', true)) = 'log');
CREATE POLICY note_in_its_place ON note FOR SELECT USING (
    election = (SELECT split_part(current_setting('tiendo.reads', true), ' ', 1)) AND area_code IN (SELECT p.code FROM place_read p));

ALTER TABLE account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY account_for_accounts ON account USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY access_grant_for_accounts ON access_grant USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY session_for_accounts ON session USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE api_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY api_token_for_accounts ON api_token USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE setup_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY setup_link_for_accounts ON setup_link USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE sign_in_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sign_in_attempt_for_accounts ON sign_in_attempt USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');
ALTER TABLE access_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY access_event_for_accounts ON access_event USING ((SELECT current_setting('tiendo.reads', true)) = 'accounts');

-- +goose Down
DROP POLICY access_event_for_accounts ON access_event;
ALTER TABLE access_event NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY sign_in_attempt_for_accounts ON sign_in_attempt;
ALTER TABLE sign_in_attempt NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY setup_link_for_accounts ON setup_link;
ALTER TABLE setup_link NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY api_token_for_accounts ON api_token;
ALTER TABLE api_token NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY session_for_accounts ON session;
ALTER TABLE session NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY access_grant_for_accounts ON access_grant;
ALTER TABLE access_grant NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY account_for_accounts ON account;
ALTER TABLE account NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY note_in_its_place ON note;
DROP POLICY note_for_the_program ON note;
ALTER TABLE note NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY change_in_its_place ON change;
DROP POLICY change_for_the_program ON change;
ALTER TABLE change NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP VIEW place_read;
