-- name: Reminder :one
SELECT r.* FROM reminder r WHERE r.user_id = @user_id;

-- name: LockReminder :one
SELECT r.* FROM reminder r WHERE r.user_id = @user_id FOR UPDATE;

-- name: LockReminderOf :one
SELECT r.* FROM reminder r WHERE r.secret = @secret FOR UPDATE;

-- name: MakeReminder :exec
INSERT INTO reminder (user_id, address, wanted, days, secret, code_wrong, codes_sent, revision)
VALUES (@user_id, '', true, @days, @secret, 0, 0, 1) ON CONFLICT ON CONSTRAINT reminder_pk DO NOTHING;

-- name: UpdateReminder :execrows
UPDATE reminder SET address = @address, confirmed_at = @confirmed_at, wanted = @wanted, days = @days,
    code_hash = @code_hash, code_until = @code_until, code_wrong = @code_wrong, codes_sent = @codes_sent, codes_since = @codes_since,
    refused_at = @refused_at, refusal = @refusal, revision = @revision
WHERE user_id = @user_id;

-- name: TellReminders :exec
UPDATE reminder SET told_at = @told_at, told_revisions = @told_revisions WHERE user_id = ANY (@users::text[]);

-- name: LockNoticeClock :one
SELECT looked_at, revisions FROM notice_clock WHERE one FOR UPDATE;

-- name: MoveNoticeClock :exec
UPDATE notice_clock SET looked_at = @looked_at, revisions = @revisions WHERE one;

-- name: AnybodyReminded :one
SELECT EXISTS (SELECT FROM reminder WHERE confirmed_at IS NOT NULL AND wanted);

-- name: Responsible :many
SELECT a.id, a.name, a.language, coalesce(r.address, '') AS address, r.confirmed_at, coalesce(r.wanted, false) AS wanted, r.days, r.told_at, r.told_revisions,
    g.edition, g.area_code, g.role, g.granted_by, g.granted_at, g.revision AS grant_revision
FROM access_grant g JOIN account a ON a.id = g.user_id LEFT JOIN reminder r ON r.user_id = a.id
WHERE a.disabled_at IS NULL ORDER BY a.id, g.edition NULLS FIRST, g.area_code;

-- name: AddNotice :one
INSERT INTO notice (user_id, kind, about, address, subject, lines, contents, state, made_at, tried, failure)
VALUES (@user_id, @kind, @about, @address, @subject, @lines, @contents, 'waiting', @made_at, 0, '')
ON CONFLICT ON CONSTRAINT notice_once DO NOTHING RETURNING id;

-- name: NoticeToSend :one
SELECT n.*, a.name, a.language, (a.disabled_at IS NOT NULL)::boolean AS disabled, coalesce(r.address, '') AS now_address,
    (r.confirmed_at IS NOT NULL)::boolean AS confirmed, coalesce(r.wanted, false) AS wanted, coalesce(r.secret, '') AS secret
FROM notice n JOIN account a ON a.id = n.user_id LEFT JOIN reminder r ON r.user_id = n.user_id WHERE n.id = @id;

-- A code is not kept once it has gone, nor what a digest was made of.
-- What went out went, also if it became part of the next one while it did.
-- name: SettleNotice :execrows
UPDATE notice SET state = @state, reason = @reason, sent_at = @sent_at, tried = tried + 1, failure = @failure,
    subject = CASE WHEN @state = 'sent' THEN @subject ELSE subject END,
    lines = CASE WHEN @state = 'waiting' THEN lines WHEN kind = 'confirmation' THEN '{}' WHEN @state = 'sent' THEN @lines ELSE lines END,
    contents = CASE WHEN @state = 'waiting' THEN contents END
WHERE id = @id AND (state = 'waiting' OR @state = 'sent' AND reason = 'in_next');

-- name: WaitingDigests :many
SELECT n.id, n.user_id, n.contents FROM notice n
WHERE n.state = 'waiting' AND n.contents IS NOT NULL AND n.user_id = ANY (@users::text[]) ORDER BY n.id DESC FOR UPDATE;

-- name: JoinNotices :exec
UPDATE notice SET state = 'dropped', reason = 'in_next', contents = NULL WHERE id = ANY (@ids::bigint[]);

-- What was refused for good is to be confirmed again, unless another address has been
-- entered meanwhile. Its owner has chosen nothing else: what he is about to save still
-- fits, and so the revision stays.
-- name: RefuseAddress :exec
UPDATE reminder SET confirmed_at = NULL, refused_at = @refused_at, refusal = @refusal
WHERE user_id = @user_id AND address = @address;

-- name: NoticesOf :many
SELECT n.kind, n.subject, n.state, n.reason, n.made_at, n.sent_at FROM notice n WHERE n.user_id = @user_id ORDER BY n.id DESC LIMIT @most;

-- name: CountNotices :one
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'failed') AS failed,
    coalesce(min(made_at) FILTER (WHERE state = 'waiting'), 'epoch')::timestamptz AS oldest,
    (SELECT count(*) FROM reminder WHERE refused_at IS NOT NULL) AS refused
FROM notice;

-- name: DeleteOldNotices :execrows
DELETE FROM notice WHERE made_at < @before;
