-- Grants up to `wanted` requests, or says how long to wait. `reported` has the headers of a response: allowed, count, reset_ms, the age of
-- the request in ms and its ticket. `at_time` is for tests; by default it is this server's clock, so that those of the processes do not matter.
do $$
begin
    -- Replacing a function cannot rename its parameters; one with other names is dropped, in the transaction that rebuilds it.
    if exists (
        select from pg_catalog.pg_proc
        where oid = to_regprocedure('extract.take_requests(text, text, text, integer, integer, integer, jsonb, timestamptz)')
            and not 'reported' = any (proargnames)
    ) then
        drop function extract.take_requests(text, text, text, integer, integer, integer, jsonb, timestamptz);
    end if;
end
$$;

create or replace function extract.take_requests(
    of_api text,
    of_client text,
    worker text,
    urgency integer,
    wanted integer,
    own_limit integer,
    reported jsonb default null,
    at_time timestamptz default null
) returns table (granted integer, first_ticket bigint, wait_ms double precision)
language plpgsql
as $$
declare
    bucket_seconds constant double precision := 0.5;
    -- 61 to 61.5 seconds: a second more than the minute Genesys counts, because requests do not take equally long to arrive.
    bucket_count constant integer := 123;
    burst_share constant double precision := 0.05;
    lease_seconds constant double precision := 0.25;
    ramp_seconds constant double precision := 10;
    ramp_start constant double precision := 0.25;
    ask_again_seconds constant double precision := 1;
    grace_seconds constant double precision := 0.5;
    window_tolerance constant interval := '2 seconds';
    reset_max constant interval := '2 minutes';
    pause_max constant interval := '10 minutes';
    clock_step constant interval := '5 seconds';
    waiting_max constant integer := 1000;
    budget extract.request_budgets%rowtype;
    now_at timestamptz;
    now_seconds double precision;
    now_bucket bigint;
    elapsed integer;
    request_limit integer;
    burst double precision;
    rate double precision;
    reported_until timestamptz;
    reported_ticket_max bigint;
    used integer;
    since double precision;
    ahead integer := 0;
    free bigint;
    wait double precision := 0;
    passed integer := 0;
begin
    select * into budget from extract.request_budgets where api = of_api and client_id = of_client for update;
    if not found then
        insert into extract.request_budgets (api, client_id, seen_at, tokens, bucket, bucket_counts)
        values (of_api, of_client, coalesce(at_time, clock_timestamp()), greatest(1, floor(own_limit * burst_share)), 0,
            array_fill(0, array[bucket_count]))
        on conflict do nothing;
        select * into budget from extract.request_budgets where api = of_api and client_id = of_client for update;
    end if;
    -- Read only now: the wait for the row may have been long.
    now_at := coalesce(at_time, clock_timestamp());

    if now_at < budget.seen_at - clock_step then
        -- The server's clock was set back. All that is remembered counts as if it had been granted this moment.
        budget.bucket_counts := (select sum(granted_then)::integer from unnest(budget.bucket_counts) as granted_then)
            || array_fill(0, array[bucket_count - 1]);
        budget.bucket := floor(extract(epoch from now_at) / bucket_seconds);
        budget.tokens := 0;
        budget.seen_at := now_at;
        budget.waiting := '{}';
    end if;
    now_at := greatest(now_at, budget.seen_at);
    now_seconds := extract(epoch from now_at);
    budget.paused_until := least(budget.paused_until, now_at + pause_max);
    if budget.paused_until > now_at then
        return query select 0, null::bigint, 1000 * extract(epoch from budget.paused_until - now_at)::double precision;
        return;
    end if;

    if reported ->> 'allowed' is not null and (budget.allowed is null or (reported ->> 'allowed')::integer <= budget.allowed
        or now_at - budget.allowed_at > make_interval(secs => bucket_count * bucket_seconds)) then
        budget.allowed := (reported ->> 'allowed')::integer;
        budget.allowed_at := now_at;
    end if;
    request_limit := greatest(1, least(own_limit, budget.allowed));
    burst := greatest(1, floor(request_limit * burst_share));
    rate := request_limit / (bucket_count * bucket_seconds);
    if budget.paused_until > '-infinity' then
        rate := rate * least(1, ramp_start
            + (1 - ramp_start) * extract(epoch from now_at - budget.paused_until) / ramp_seconds);
    end if;
    budget.tokens := least(burst, budget.tokens
        + rate * greatest(0, extract(epoch from now_at - greatest(budget.seen_at, budget.paused_until))));
    budget.seen_at := now_at;

    now_bucket := floor(now_seconds / bucket_seconds);
    elapsed := least(bucket_count, now_bucket - budget.bucket);
    if elapsed > 0 then
        budget.bucket_counts := array_fill(0, array[elapsed]) || budget.bucket_counts[1:bucket_count - elapsed];
        budget.bucket := now_bucket;
    end if;
    select sum(granted_then) into used from unnest(budget.bucket_counts) as granted_then;

    -- Genesys' own window, which others may use too: of the requests after the one that was answered, so many fit into it.
    if budget.window_until <= now_at or budget.window_until > now_at + reset_max then
        budget.window_until := null;
        budget.window_ticket_max := null;
    end if;
    if reported ->> 'count' is not null and reported ->> 'reset_ms' is not null and reported ->> 'ticket' is not null then
        reported_until := now_at + least(reset_max, make_interval(
            secs => ((reported ->> 'reset_ms')::double precision - (reported ->> 'age_ms')::double precision) / 1000));
        reported_ticket_max := (reported ->> 'ticket')::bigint + (reported ->> 'allowed')::integer - (reported ->> 'count')::integer
            - ceil((reported ->> 'allowed')::integer / 100.0)::bigint;
        if reported_until > now_at then
            if budget.window_until is null or reported_until > budget.window_until + window_tolerance then
                budget.window_until := reported_until;
                budget.window_ticket_max := reported_ticket_max;
            elsif reported_until > budget.window_until - window_tolerance then
                budget.window_until := greatest(budget.window_until, reported_until);
                budget.window_ticket_max := least(budget.window_ticket_max, reported_ticket_max);
            end if;
        end if;
    end if;

    -- Earlier callers go first: by priority, then by waiting time. One that has not asked again in time is considered dead.
    select coalesce(jsonb_object_agg(key, value), '{}') into budget.waiting
    from (select * from jsonb_each(budget.waiting) where (value ->> 'until')::double precision > now_seconds limit waiting_max) as alive;
    since := now_seconds;
    if (budget.waiting -> worker ->> 'priority')::integer = urgency then
        since := (budget.waiting -> worker ->> 'since')::double precision;
    end if;
    select count(*) into ahead
    from jsonb_each(budget.waiting)
    where key <> worker
        and ((value ->> 'priority')::integer, (value ->> 'since')::double precision, key) < (urgency, since, worker);

    free := least(floor(budget.tokens), request_limit - used);
    if budget.window_until is not null then
        free := least(free, budget.window_ticket_max - budget.granted_count);
    end if;
    granted := least(greatest(1, wanted), greatest(1, floor(rate * lease_seconds)), free - ahead);
    if granted > 0 then
        first_ticket := budget.granted_count + 1;
        budget.tokens := budget.tokens - granted;
        budget.granted_count := budget.granted_count + granted;
        budget.bucket_counts[1] := budget.bucket_counts[1] + granted;
        -- Who has more to send keeps a place, behind the others of the same priority.
        if wanted > granted then
            budget.waiting := budget.waiting || jsonb_build_object(worker, jsonb_build_object(
                'priority', urgency, 'since', now_seconds, 'until', now_seconds + grace_seconds));
        else
            budget.waiting := budget.waiting - worker;
        end if;
    else
        granted := 0;
        wait := (ahead + 1 - budget.tokens) / rate;
        if budget.window_until is not null and budget.window_ticket_max - budget.granted_count <= ahead then
            wait := greatest(wait, extract(epoch from budget.window_until - now_at));
        end if;
        if used + ahead >= request_limit then
            for oldest in reverse bucket_count..1 loop
                passed := passed + budget.bucket_counts[oldest];
                if used + ahead - passed < request_limit then
                    wait := greatest(wait, (now_bucket - oldest + 1 + bucket_count) * bucket_seconds - now_seconds);
                    exit;
                end if;
            end loop;
        end if;
        budget.waiting := budget.waiting || jsonb_build_object(worker, jsonb_build_object(
            'priority', urgency, 'since', since,
            'until', now_seconds + least(greatest(wait, 0), ask_again_seconds) + grace_seconds));
    end if;

    update extract.request_budgets
    set seen_at = budget.seen_at, tokens = budget.tokens, granted_count = budget.granted_count, bucket = budget.bucket,
        bucket_counts = budget.bucket_counts, allowed = budget.allowed, allowed_at = budget.allowed_at,
        window_until = budget.window_until, window_ticket_max = budget.window_ticket_max, waiting = budget.waiting
    where api = of_api and client_id = of_client;
    wait_ms := greatest(1, 1000 * wait);
    return next;
end
$$;
comment on function extract.take_requests is 'Grants requests from the shared allowance, or returns how long to wait.';
