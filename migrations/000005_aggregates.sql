-- Interval facts as Genesys computes them. Partitioned by month; rows lie in the order of time, in which they arrive and are read.
-- A dimension that a group does not have is null; the unique indexes take null for a value, so that there is one such row. They compare by
-- bytes: order by language costs loading much and serves nobody.

create table genesys.queue_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    queue_id uuid,
    media_type text,
    direction text,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index queue_aggregates_key on genesys.queue_aggregates (
    interval_start,
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    coalesce(direction, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.agent_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    user_id uuid,
    queue_id uuid,
    media_type text,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index agent_aggregates_key on genesys.agent_aggregates (
    interval_start,
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.wrapup_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    wrap_up_code text,
    queue_id uuid,
    user_id uuid,
    media_type text,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index wrapup_aggregates_key on genesys.wrapup_aggregates (
    interval_start,
    coalesce(wrap_up_code, '') collate "C",
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.user_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    user_id uuid not null,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
-- By user first: answers come for a hundred users at a time, and each is compared with what is stored about those.
create unique index user_aggregates_key on genesys.user_aggregates (
    user_id,
    interval_start,
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);
create index user_aggregates_interval_start_idx on genesys.user_aggregates using brin (interval_start);

create table genesys.flow_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    flow_id uuid,
    flow_type text,
    media_type text,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index flow_aggregates_key on genesys.flow_aggregates (
    interval_start,
    coalesce(flow_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(flow_type, '') collate "C",
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.flow_outcome_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    flow_id uuid,
    flow_outcome_id uuid,
    flow_outcome_value text,
    media_type text,
    metric text not null,
    qualifier text,
    max bigint,
    min bigint,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum bigint,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index flow_outcome_aggregates_key on genesys.flow_outcome_aggregates (
    interval_start,
    coalesce(flow_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(flow_outcome_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(flow_outcome_value, '') collate "C",
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.survey_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    queue_id uuid,
    user_id uuid,
    survey_form_id uuid,
    media_type text,
    metric text not null,
    qualifier text,
    max double precision,
    min double precision,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum double precision,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index survey_aggregates_key on genesys.survey_aggregates (
    interval_start,
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(survey_form_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

create table genesys.evaluation_aggregates (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    as_of timestamptz not null,
    queue_id uuid,
    user_id uuid,
    evaluator_id uuid,
    form_id uuid,
    media_type text,
    metric text not null,
    qualifier text,
    max double precision,
    min double precision,
    count bigint,
    count_negative bigint,
    count_positive bigint,
    sum double precision,
    current double precision,
    ratio double precision,
    numerator bigint,
    denominator bigint,
    target double precision,
    extra jsonb
) partition by range (interval_start);
create unique index evaluation_aggregates_key on genesys.evaluation_aggregates (
    interval_start,
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(evaluator_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(form_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

-- What is going on in the queues at one instant: a sample, kept for some days only.
create table genesys.queue_observations (
    interval_start timestamptz not null,
    observed_at timestamptz not null,
    as_of timestamptz not null,
    queue_id uuid,
    media_type text,
    metric text not null,
    qualifier text,
    count bigint,
    calculated_metric_value bigint,
    extra jsonb
);
create unique index queue_observations_key on genesys.queue_observations (
    interval_start,
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    coalesce(media_type, '') collate "C",
    metric collate "C",
    coalesce(qualifier, '') collate "C"
);

-- Spans of a user's statuses. They are found by user when the next answer about that user arrives, and by time when they are read.
create table genesys.user_presences (
    user_id uuid not null,
    start_time timestamptz not null,
    end_time timestamptz,
    as_of timestamptz not null,
    system_presence text not null,
    organization_presence_id uuid,
    extra jsonb
);
create unique index user_presences_key on genesys.user_presences (
    user_id,
    start_time,
    system_presence,
    coalesce(organization_presence_id, '00000000-0000-0000-0000-000000000000'::uuid)
);
create index user_presences_start_time_idx on genesys.user_presences (start_time);

create table genesys.user_routing_statuses (
    user_id uuid not null,
    start_time timestamptz not null,
    end_time timestamptz,
    as_of timestamptz not null,
    routing_status text not null,
    extra jsonb
);
create unique index user_routing_statuses_key on genesys.user_routing_statuses (user_id, start_time, routing_status);
create index user_routing_statuses_start_time_idx on genesys.user_routing_statuses (start_time);

create table extract.interval_pulls (
    relation text not null,
    pulled_from timestamptz not null,
    pulled_to timestamptz not null,
    as_of timestamptz not null,
    primary key (relation, pulled_from, pulled_to),
    constraint interval_pulls_interval_check check (pulled_from < pulled_to)
);
comment on table extract.interval_pulls is 'What the stored interval facts are known as of: the last pulls of each relation that no newer pull covers whole. An older answer never overwrites a newer one, also where the newer one found nothing changed and wrote no row.';

comment on table genesys.queue_aggregates is 'Conversation aggregates, one row per interval, queue, media type, direction, metric and qualifier. POST /api/v2/analytics/conversations/aggregates/query';
comment on table genesys.agent_aggregates is 'Conversation aggregates, one row per interval, user, queue, media type, metric and qualifier. POST /api/v2/analytics/conversations/aggregates/query';
comment on table genesys.wrapup_aggregates is 'Conversation aggregates, one row per interval, wrap-up code, queue, user, media type, metric and qualifier. POST /api/v2/analytics/conversations/aggregates/query';
comment on table genesys.user_aggregates is 'Time of users in each status, one row per interval, user, metric and qualifier, which is the status. POST /api/v2/analytics/users/aggregates/query';
comment on table genesys.flow_aggregates is 'Flow aggregates, one row per interval, flow, flow type, media type, metric and qualifier. POST /api/v2/analytics/flows/aggregates/query';
comment on table genesys.flow_outcome_aggregates is 'Flow outcomes, one row per interval, flow, outcome, its value, media type, metric and qualifier. A flow may reach several outcomes. POST /api/v2/analytics/flows/aggregates/query';
comment on table genesys.survey_aggregates is 'Survey aggregates, one row per interval, queue, user, form, media type, metric and qualifier. POST /api/v2/analytics/surveys/aggregates/query';
comment on table genesys.evaluation_aggregates is 'Evaluation aggregates, one row per interval, queue, evaluated user, evaluator, form, media type, metric and qualifier. POST /api/v2/analytics/evaluations/aggregates/query';
comment on table genesys.queue_observations is 'What queues showed at one instant, one row per observation time, queue, media type, metric and qualifier. POST /api/v2/analytics/queues/observations/query';
comment on table genesys.user_presences is 'Presences of users, one row per span; the open span has no end_time. A span that the API tells in pieces, cut at midnight UTC, is one row. POST /api/v2/analytics/users/details/query';
comment on table genesys.user_routing_statuses is 'ACD routing statuses of users, one row per span; the open span has no end_time. A span that the API tells in pieces, cut at midnight UTC, is one row. POST /api/v2/analytics/users/details/query';

comment on column genesys.queue_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.queue_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.queue_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.agent_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.agent_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.agent_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.wrapup_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.wrapup_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.wrapup_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.user_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.user_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.user_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.flow_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.flow_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.flow_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.flow_outcome_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.flow_outcome_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.flow_outcome_aggregates.sum is 'Milliseconds for t metrics.';
comment on column genesys.survey_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.survey_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.survey_aggregates.sum is 'For scores the sum of scores, which may have fractions.';
comment on column genesys.evaluation_aggregates.as_of is 'When the answer that last changed this row was asked for; extract.interval_pulls says when it was last confirmed.';
comment on column genesys.evaluation_aggregates.extra is 'Members of the metric and its stats that have no column, or do not fit theirs.';
comment on column genesys.evaluation_aggregates.sum is 'For scores the sum of scores, which may have fractions.';
comment on column genesys.queue_aggregates.interval_start is 'A metric counts in the interval in which it completes: a call that ends after the hour counts in the next one.';
comment on column genesys.queue_aggregates.count is 'How often the metric occurred: answered conversations are the count of tAnswered.';
comment on column genesys.queue_aggregates.ratio is 'Of oServiceLevel: the fraction of numerator and denominator by the organisation''s own formula.';
comment on column genesys.queue_aggregates.target is 'Of oServiceLevel: the queue''s target as a fraction.';
comment on column genesys.user_aggregates.qualifier is 'The status: system presence, routing status, or for tOrganizationPresence the id of the presence definition.';
comment on column genesys.wrapup_aggregates.wrap_up_code is 'Id of the code, or a system code such as ININ-WRAP-UP-TIMEOUT; null for what has none.';
comment on column genesys.queue_observations.interval_start is 'Start of the period that this is the sample of.';
comment on column genesys.queue_observations.calculated_metric_value is 'Of oLongestWaiting and oLongestInteracting: since when, in milliseconds since 1970.';
comment on column genesys.user_presences.start_time is 'May lie long before the interval that was asked for.';
comment on column genesys.user_presences.organization_presence_id is 'The definition in genesys.presences.';
