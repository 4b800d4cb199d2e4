-- By how much a restatement moved figures. One row per figure that a conversation adds to one quarter of an hour, queue and media type and that
-- differs after it came back; a quarter of an hour lies in one local day in every time zone.
create table extract.restatement_figures (
    restatement_id bigint not null,
    quarter_start timestamptz not null,
    queue_id uuid,
    media_type text,
    figure text not null,
    value_before bigint not null,
    value_after bigint not null
);
create index restatement_figures_quarter_idx on extract.restatement_figures (quarter_start);
create index restatement_figures_restatement_idx on extract.restatement_figures (restatement_id);
comment on table extract.restatement_figures is 'What a restated conversation added to the figures of a queue before and after, by the quarter of an hour in which it counts. Times are milliseconds (figures that end in _ms).';

-- Aggregates that came back different although their interval had long been over.
create table extract.interval_restatements (
    relation text not null,
    interval_start timestamptz not null,
    metric text not null,
    qualifier text,
    restated_at timestamptz not null,
    previous_as_of timestamptz not null,
    as_of timestamptz not null,
    row_count bigint not null,
    count_before bigint,
    count_after bigint,
    sum_before bigint,
    sum_after bigint
);
create index interval_restatements_start_idx on extract.interval_restatements (interval_start);
comment on table extract.interval_restatements is 'Metrics of interval aggregates that a later pull found different: per relation, interval and metric (and qualifier), summed over the rows that differ.';

create index dead_letters_slice_idx on extract.dead_letters (slice_id) where slice_id is not null;
