-- The hot reads of the API: token, context and answer in one statement of the client.
-- SECURITY INVOKER (the default): the caller's own rights and the policies hold inside. Each function puts app.* back
-- as it found it, so that a caller inside a longer transaction keeps its own context.

-- Null: the token is unknown, expired or revoked, or its person is gone. Otherwise app.* is the token's context.
CREATE OR REPLACE FUNCTION enter_by_token(wanted_digest text) RETURNS onboarding_apitoken
LANGUAGE plpgsql AS $$
DECLARE
    token onboarding_apitoken;
    told text;
BEGIN
    told := set_config('app.token_digest', wanted_digest, true);
    told := set_config('app.company', '', true);
    told := set_config('app.user', '', true);
    told := set_config('app.staff', '', true);
    SELECT t.* INTO token FROM onboarding_apitoken t
      JOIN onboarding_user u ON u.id = t.created_by_id AND u.is_active
     WHERE t.digest = wanted_digest AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
    IF token.id IS NULL THEN
        RETURN NULL;
    END IF;
    told := set_config('app.company', coalesce(token.company_id::text, ''), true);
    told := set_config('app.staff', CASE WHEN token.company_id IS NULL THEN 'on' ELSE '' END, true);
    PERFORM FROM onboarding_member m
      WHERE m.company_id = token.company_id AND m.user_id = token.created_by_id AND m.removed_at IS NULL;
    IF NOT FOUND THEN
        PERFORM FROM onboarding_specialist s WHERE s.user_id = token.created_by_id AND s.removed_at IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    RETURN token;
END $$;

CREATE OR REPLACE FUNCTION current_tenancy() RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY[coalesce(current_setting('app.company', true), ''), coalesce(current_setting('app.user', true), ''),
                 coalesce(current_setting('app.staff', true), ''), coalesce(current_setting('app.token_digest', true), '')]
$$;

CREATE OR REPLACE FUNCTION restore_tenancy(before text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    told := set_config('app.company', before[1], true);
    told := set_config('app.user', before[2], true);
    told := set_config('app.staff', before[3], true);
    told := set_config('app.token_digest', before[4], true);
END $$;

-- One engagement's status document. No row: no such token (401). version null: no such engagement for it (404).
-- body null with a version: the caller's known_version is still the latest (304).
-- use_noted: the token's last use was written down less than a minute ago; else the caller does so.
DROP FUNCTION IF EXISTS status_for_token(text, text, int);
CREATE FUNCTION status_for_token(wanted_digest text, wanted_reference text, known_version int DEFAULT NULL)
RETURNS TABLE (token_id bigint, company_id bigint, user_id bigint, role text, scopes jsonb, use_noted boolean,
               version int, body text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    before text[] := current_tenancy();
    token onboarding_apitoken := enter_by_token(wanted_digest);
BEGIN
    IF token.id IS NOT NULL THEN
        token_id := token.id; company_id := token.company_id; user_id := token.created_by_id;
        role := token.role; scopes := token.scopes;
        use_noted := coalesce(token.last_used_at > now() - interval '1 minute', false);
        SELECT e.version, CASE WHEN e.version IS DISTINCT FROM known_version THEN e.status::text END
          INTO version, body FROM onboarding_engagement e WHERE e.reference = wanted_reference;
        RETURN NEXT;
    END IF;
    PERFORM restore_tenancy(before);
END $$;

-- A page of status documents as one JSON array, newest engagement first. No row: no such token (401).
-- next_below: hand it in as below_id for the following page; null on the last. total: only when asked for.
DROP FUNCTION IF EXISTS engagements_for_token(text, text, bigint, int);
DROP FUNCTION IF EXISTS engagements_for_token(text, text, bigint, int, text, text, text, text, text, text, boolean);
DROP FUNCTION IF EXISTS
    engagements_for_token(text, text, bigint, int, text, text, text, text, text, timestamptz, boolean);
CREATE FUNCTION engagements_for_token(
    wanted_digest text, at_step text DEFAULT NULL, below_id bigint DEFAULT NULL, page_size int DEFAULT 25,
    in_state text DEFAULT NULL, waits_for text DEFAULT NULL, by_specialist text DEFAULT NULL,
    of_solution text DEFAULT NULL, of_company text DEFAULT NULL, updated_since timestamptz DEFAULT NULL,
    with_total boolean DEFAULT false)
RETURNS TABLE (token_id bigint, company_id bigint, user_id bigint, role text, scopes jsonb, use_noted boolean,
               items text, next_below bigint, total bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    before text[] := current_tenancy();
    token onboarding_apitoken := enter_by_token(wanted_digest);
    conditions text := 'true';
    found_ids bigint[];
BEGIN
    IF token.id IS NOT NULL THEN
        token_id := token.id; company_id := token.company_id; user_id := token.created_by_id;
        role := token.role; scopes := token.scopes;
        use_noted := coalesce(token.last_used_at > now() - interval '1 minute', false);
        -- Only the conditions that were given, so that the planner sees which index serves them.
        conditions := concat_ws(' AND ', 'true',
            CASE WHEN token.company_id IS NOT NULL THEN 'e.company_id = $1' END,
            CASE WHEN at_step IS NOT NULL THEN 'e.step = $2' END,
            CASE in_state WHEN 'active' THEN 'e.cancelled_at IS NULL AND e.held_at IS NULL'
                          WHEN 'on_hold' THEN 'e.cancelled_at IS NULL AND e.held_at IS NOT NULL'
                          WHEN 'cancelled' THEN 'e.cancelled_at IS NOT NULL' END,
            CASE WHEN waits_for IS NOT NULL THEN 'e.waiting_for = $3' END,
            CASE WHEN by_specialist IS NOT NULL THEN 'e.specialist_id = (SELECT s.id FROM onboarding_specialist s'
                ' JOIN onboarding_user u ON u.id = s.user_id WHERE u.email = $4)' END,
            CASE WHEN of_solution IS NOT NULL THEN 'e.solution = $5' END,
            CASE WHEN of_company IS NOT NULL THEN
                'e.company_id IN (SELECT c.id FROM onboarding_company c WHERE c.name = $6)' END,
            CASE WHEN updated_since IS NOT NULL THEN 'e.updated_at >= $7' END);
        EXECUTE 'SELECT ARRAY(SELECT e.id FROM onboarding_engagement e WHERE ' || conditions
                || ' AND ($8 IS NULL OR e.id < $8) ORDER BY e.id DESC LIMIT $9 + 1)'
           INTO found_ids USING token.company_id, at_step, waits_for, by_specialist, of_solution, of_company,
                                updated_since, below_id, page_size;
        SELECT '[' || coalesce(string_agg(e.status::text, ',' ORDER BY e.id DESC), '') || ']' INTO items
          FROM onboarding_engagement e WHERE e.id = ANY (found_ids[1:page_size]);
        next_below := CASE WHEN cardinality(found_ids) > page_size THEN found_ids[page_size] END;
        IF with_total THEN
            EXECUTE 'SELECT count(*) FROM onboarding_engagement e WHERE ' || conditions
               INTO total USING token.company_id, at_step, waits_for, by_specialist, of_solution, of_company,
                                updated_since;
        END IF;
        RETURN NEXT;
    END IF;
    PERFORM restore_tenancy(before);
END $$;
