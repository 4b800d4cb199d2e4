-- One queue of a day, of the many rows of all agents with all codes: a filter on the queue would read the day whole.
create index wrapup_aggregates_queue_idx on genesys.wrapup_aggregates (queue_id, interval_start);

comment on column genesys.presences.system_presence is 'The system presence that this definition counts as, as the directory writes it: Available, Break, OnQueue … Statuses and aggregates write ON_QUEUE; mart.dim_presences.status does, too.';
