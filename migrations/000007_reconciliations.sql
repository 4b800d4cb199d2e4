-- Details compared with Genesys' own aggregates: one row per UTC day, and the cells in which the two differ. Equal cells are only counted.
create table extract.reconciliations (
    interval_start timestamptz primary key,
    interval_end timestamptz not null,
    state text not null,
    equal_count bigint not null,
    different_count bigint not null,
    not_final_count bigint not null,
    not_final_different_count bigint not null,
    attempts integer not null default 0,
    pass_count bigint not null,
    compared_at timestamptz not null,
    last_attempt_at timestamptz,
    constraint reconciliations_state_check check (state in ('equal', 'different', 'not_final'))
);
comment on table extract.reconciliations is 'One row per UTC day of which conversation details were compared with queue_aggregates: by interval, queue, media type and metric.';
comment on column extract.reconciliations.state is 'different: a final cell differs; not_final: a pull of the day is owed on either side; equal: neither.';
comment on column extract.reconciliations.equal_count is 'Final cells whose counts and sums agree.';
comment on column extract.reconciliations.different_count is 'Final cells that differ.';
comment on column extract.reconciliations.not_final_count is 'Cells of which either side may still change, equal or not.';
comment on column extract.reconciliations.not_final_different_count is 'Of these, those that differ so far.';
comment on column extract.reconciliations.attempts is 'How often the day was made due again because it differed; 0 again once it is equal.';
comment on column extract.reconciliations.pass_count is 'Passes of the slices behind both sides when they were compared: another number makes the day be compared again.';

create table extract.reconciliation_differences (
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    queue_id uuid not null,
    media_type text,
    metric text not null,
    is_final boolean not null,
    details_count bigint not null,
    details_sum bigint,
    aggregate_count bigint not null,
    aggregate_sum bigint
);
create index reconciliation_differences_start_idx on extract.reconciliation_differences (interval_start);
comment on table extract.reconciliation_differences is 'Cells in which details and aggregates differ as last compared; of a day that differs nearly everywhere only the first. Sums are milliseconds, of t metrics only.';
