-- Several answers about one day may be under way at a time, and arrive in another order than they were asked for.
create table extract.status_days (
    day date not null,
    user_id uuid not null,
    as_of timestamptz not null,
    primary key (day, user_id)
) with (fillfactor = 80);
comment on table extract.status_days is 'When a user''s statuses of a day (UTC) were asked for last: an answer that was asked for earlier and comes later changes nothing of that day.';
