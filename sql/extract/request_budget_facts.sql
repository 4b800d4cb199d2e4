-- One row per API and OAuth client: the present state of its request allowance.
create view extract.request_budget_facts as
select
    api,
    client_id,
    allowed as allowed_per_minute,
    (
        select coalesce(sum(granted_then), 0)
        from unnest(bucket_counts[1:greatest(0, 120 - (floor(extract(epoch from clock_timestamp()) / 0.5) - bucket))::integer]) as granted_then
    ) as granted_last_minute_count,
    granted_count,
    seen_at as last_asked_at,
    case when paused_until > clock_timestamp() then paused_until end as paused_until,
    case when window_until > clock_timestamp() then greatest(0, window_ticket_max - granted_count) end as left_in_window_count,
    (
        select count(*)
        from jsonb_each(waiting)
        where (value ->> 'until')::double precision > extract(epoch from clock_timestamp())
    ) as waiting_process_count
from extract.request_budgets;
comment on view extract.request_budget_facts is 'Present state of each shared request allowance.';
