-- One row per API and OAuth client: how much of the request allowance is used this moment.
create view mart.ops_requests as
with
budgets as (
    select * from extract.request_budget_facts
),

final as (
    select
        budgets.api,
        left(budgets.client_id, 8) as client,

        budgets.allowed_per_minute as allowed_count,
        budgets.granted_last_minute_count as minute_count,
        budgets.granted_count as total_count,
        budgets.waiting_process_count,
        round(budgets.granted_last_minute_count::numeric / nullif(budgets.allowed_per_minute, 0), 6) as used_rate,

        budgets.paused_until is not null as is_paused,

        budgets.last_asked_at,
        budgets.last_asked_at at time zone {{time_zone}} as last_asked_local,
        budgets.paused_until as paused_until_at,
        budgets.paused_until at time zone {{time_zone}} as paused_until_local
    from budgets
)

select * from final;

comment on view mart.ops_requests is 'One row per API and OAuth client: requests of the last minute against what Genesys allows. Source: the shared request allowance (extract.request_budgets).';
comment on column mart.ops_requests.api is 'Base URL of the API.';
comment on column mart.ops_requests.client is 'First eight characters of the id of the OAuth client; with api the key of this relation, as long as clients differ in them.';
comment on column mart.ops_requests.allowed_count is 'Requests a minute that Genesys allows this client, as its answers say; null before the first answer.';
comment on column mart.ops_requests.minute_count is 'Requests that all processes on this database sent in the last minute.';
comment on column mart.ops_requests.total_count is 'Requests sent since the allowance was first used.';
comment on column mart.ops_requests.waiting_process_count is 'Processes that wait for a turn this moment.';
comment on column mart.ops_requests.used_rate is 'minute_count / allowed_count; null before the first answer.';
comment on column mart.ops_requests.is_paused is 'True while nobody sends, because Genesys answered with status 429.';
comment on column mart.ops_requests.last_asked_at is 'When a process last asked for a request, instant, shown in the zone of your session.';
comment on column mart.ops_requests.last_asked_local is 'last_asked_at in the reporting time zone.';
comment on column mart.ops_requests.paused_until_at is 'Until when nobody sends, instant, shown in the zone of your session; null where nobody waits.';
comment on column mart.ops_requests.paused_until_local is 'paused_until_at in the reporting time zone.';
