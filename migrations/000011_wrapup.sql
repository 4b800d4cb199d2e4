-- Wrap-up codes that rules gave: the ledger of what was decided, sent and became of it, and the answers of surveys that came from outside
-- Genesys. Private tables of the program: mart.rpt_wrapup_assignments and the effective codes of the facts are what others read.
create schema if not exists wrapup;
revoke all on schema wrapup from public;
comment on schema wrapup is 'Wrap-up codes by rule: the ledger of assignments and imported answers of surveys. Readers see it through schema mart.';

create table wrapup.assignments (
    assignment_id bigint generated always as identity primary key,
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    started_at timestamptz not null,
    participant_id uuid,
    session_id uuid,
    queue_id uuid,
    user_id uuid,
    media_type text,
    rule text not null,
    rule_version text not null,
    source text not null,
    wrapup_code text not null,
    wrapup_name text not null,
    note text,
    cause text,
    previous_code text,
    state text not null default 'proposed',
    is_in_force boolean not null generated always as (state in ('proposed', 'sent', 'verified', 'rejected')) stored,
    in_force_no bigint not null generated always as (
        case when state in ('proposed', 'sent', 'verified', 'rejected') then 0 else assignment_id end
    ) stored,
    reason text,
    error_code text,
    correlation_id text,
    actor text,
    attempts integer not null default 0,
    proposed_at timestamptz not null,
    retry_at timestamptz,
    claimed_until timestamptz,
    sent_at timestamptz,
    settled_at timestamptz,
    constraint assignments_source_check check (source in ('rule', 'survey')),
    constraint assignments_state_check
    check (state in ('proposed', 'sent', 'verified', 'rejected', 'conflicted', 'superseded', 'revoked'))
);
-- At most one row in force per handling. The index is whole, not partial, because only then does a view that joins the ledger and is asked
-- for none of its columns leave it out; what it includes spares the visit to the table.
create unique index assignments_in_force_idx
on wrapup.assignments (conversation_id, participant_no, session_no, in_force_no)
include (session_id, wrapup_code, wrapup_name, previous_code, source, state);
create index assignments_started_idx on wrapup.assignments (started_at);
create index assignments_rule_idx on wrapup.assignments (rule, started_at);
-- What is still to be done, in the order in which it was decided: small, however long the ledger grows.
create index assignments_open_idx on wrapup.assignments (state, assignment_id) where state in ('proposed', 'sent');

comment on table wrapup.assignments is 'One row per handling that a rule gave a code and per decision: a later decision closes the earlier row and adds another. At most one row per handling is in force.';
comment on column wrapup.assignments.assignment_id is 'Key; later decisions have higher numbers.';
comment on column wrapup.assignments.conversation_start is 'Start of the conversation when the code was decided.';
comment on column wrapup.assignments.conversation_id is 'Conversation.';
comment on column wrapup.assignments.participant_no is 'Position of the participant in the record, from 1, when the code was decided.';
comment on column wrapup.assignments.session_no is 'Position of the session in the participant, from 1, when the code was decided.';
comment on column wrapup.assignments.started_at is 'Start of the handling; what from and to of the commands mean.';
comment on column wrapup.assignments.participant_id is 'Participant id of the record, used to write to Genesys.';
comment on column wrapup.assignments.session_id is 'Session id of the record: the communication id of the conversation API. A row counts for the session at its position only while this id stands there.';
comment on column wrapup.assignments.queue_id is 'Queue of the handling.';
comment on column wrapup.assignments.user_id is 'Agent of the handling.';
comment on column wrapup.assignments.media_type is 'Media type of the session; decides the endpoint.';
comment on column wrapup.assignments.rule is 'Name of the rule in the rules file.';
comment on column wrapup.assignments.rule_version is 'Digest of the rule''s meaning: another text is another version, wherever it stands in the file.';
comment on column wrapup.assignments.source is 'rule, or survey where the rule asks for an answer of a survey.';
comment on column wrapup.assignments.wrapup_code is 'Id of the code that the rule gave.';
comment on column wrapup.assignments.wrapup_name is 'Its name when it was decided.';
comment on column wrapup.assignments.note is 'Note to be written with the code, its template filled in; may hold personal data.';
comment on column wrapup.assignments.cause is 'Cause why the session had no real code when this one was decided; null where it had one.';
comment on column wrapup.assignments.previous_code is 'Last code of the session when this one was decided, system codes included; null: none. Another real code since then is an agent''s and wins.';
comment on column wrapup.assignments.state is 'proposed: decided; sent: Genesys was asked; verified: Genesys has it; rejected: Genesys does not accept it; conflicted: someone else set a code before; superseded: a later code or decision took its place; revoked: undone here.';
comment on column wrapup.assignments.is_in_force is 'True in the states in which reports use the code: proposed, sent, verified, rejected.';
comment on column wrapup.assignments.in_force_no is '0 where is_in_force, else assignment_id: what is unique beside the handling.';
comment on column wrapup.assignments.reason is 'Why it is in this state, as a sentence.';
comment on column wrapup.assignments.error_code is 'Genesys'' error code, of the last refusal.';
comment on column wrapup.assignments.correlation_id is 'Genesys'' correlation id of the last call, to ask its support with.';
comment on column wrapup.assignments.actor is 'Who acted last: the command, with the user or client of the write credentials where Genesys was asked.';
comment on column wrapup.assignments.attempts is 'How often it was taken up for sending.';
comment on column wrapup.assignments.proposed_at is 'When it was decided.';
comment on column wrapup.assignments.retry_at is 'Not to be sent before; null: at once.';
comment on column wrapup.assignments.claimed_until is 'Until then a process has it in hand for sending; null or past: free.';
comment on column wrapup.assignments.sent_at is 'When Genesys was asked last.';
comment on column wrapup.assignments.settled_at is 'When it came to a state that needs nothing more (verified, rejected, conflicted, superseded, revoked).';

create table wrapup.surveys (
    source text not null,
    survey_id text not null,
    conversation_id uuid not null,
    queue_id uuid,
    user_id uuid,
    answered_at timestamptz not null,
    received_at timestamptz not null,
    promoter_score numeric,
    satisfaction numeric,
    category text,
    comment text,
    fields jsonb not null default '{}',
    digest uuid not null,
    primary key (source, survey_id)
);
create index surveys_conversation_idx on wrapup.surveys (conversation_id);

comment on table wrapup.surveys is 'One row per answered survey that came from outside Genesys, by file or by POST /surveys. The same answer again changes nothing, a newer one takes its place.';
comment on column wrapup.surveys.source is 'Where the answer came from: the name given with the import, so that ids of two survey tools do not meet.';
comment on column wrapup.surveys.survey_id is 'Id of the answer in its source; a digest of the answer where the source gives none.';
comment on column wrapup.surveys.conversation_id is 'Conversation that the answer is about; it need not be stored yet.';
comment on column wrapup.surveys.queue_id is 'Queue that the answer is about; null: any of the conversation.';
comment on column wrapup.surveys.user_id is 'Agent that the answer is about; null: any of the conversation.';
comment on column wrapup.surveys.answered_at is 'When the customer answered; of several answers the latest counts.';
comment on column wrapup.surveys.received_at is 'When it was imported.';
comment on column wrapup.surveys.promoter_score is 'Net promoter answer, 0 to 10.';
comment on column wrapup.surveys.satisfaction is 'Satisfaction, in the scale of the source.';
comment on column wrapup.surveys.category is 'Category that the customer or the tool chose.';
comment on column wrapup.surveys.comment is 'Free text of the customer; may hold personal data.';
comment on column wrapup.surveys.fields is 'All other fields of the answer, name to text or number: scores and texts that rules can ask for.';
comment on column wrapup.surveys.digest is 'Digest of the answer, to tell a repetition from a correction.';
