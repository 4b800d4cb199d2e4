-- One row per UTC day compared: whether conversation details agree with Genesys' own aggregates.
create view mart.ops_reconciliation as
with
reconciliations as (
    select * from extract.reconciliations
),

final as (
    select
        reconciliations.state,

        reconciliations.equal_count,
        reconciliations.different_count,
        reconciliations.not_final_count,
        reconciliations.not_final_different_count,
        reconciliations.attempts as attempt_count,

        reconciliations.state <> 'not_final' as is_final,

        reconciliations.interval_start as interval_start_at,
        reconciliations.interval_start at time zone {{time_zone}} as interval_start_local,
        reconciliations.interval_end as interval_end_at,
        reconciliations.interval_end at time zone {{time_zone}} as interval_end_local,
        reconciliations.compared_at,
        reconciliations.compared_at at time zone {{time_zone}} as compared_local,
        reconciliations.last_attempt_at
    from reconciliations
)

select * from final;

comment on view mart.ops_reconciliation is 'One row per UTC day compared: conversation details, their metrics summed by interval, queue and media type, against the aggregates that Genesys'' own screens show. Source: written by reconcile and after each sync.';
comment on column mart.ops_reconciliation.state is 'equal: all final figures agree; different: some do not (ops_reconciliation_differences lists them); not_final: the day is pulled again before it is compared.';
comment on column mart.ops_reconciliation.equal_count is 'Final figures (interval × queue × media type × metric) whose counts and sums agree to the millisecond.';
comment on column mart.ops_reconciliation.different_count is 'Final figures that differ.';
comment on column mart.ops_reconciliation.not_final_count is 'Figures of which either side may still change, equal or not.';
comment on column mart.ops_reconciliation.not_final_different_count is 'Of these, those that differ so far.';
comment on column mart.ops_reconciliation.attempt_count is 'How often the day was pulled again because it differed; 0 once it is equal.';
comment on column mart.ops_reconciliation.is_final is 'True where no pull of the day is pending on either side, so that its figures are final.';
comment on column mart.ops_reconciliation.interval_start_at is 'Begin of the UTC day, instant, shown in the zone of your session; the key of this relation.';
comment on column mart.ops_reconciliation.interval_start_local is 'interval_start_at in the reporting time zone.';
comment on column mart.ops_reconciliation.interval_end_at is 'End of the UTC day, instant, shown in the zone of your session.';
comment on column mart.ops_reconciliation.interval_end_local is 'interval_end_at in the reporting time zone.';
comment on column mart.ops_reconciliation.compared_at is 'When the two sides were last compared, instant, shown in the zone of your session.';
comment on column mart.ops_reconciliation.compared_local is 'compared_at in the reporting time zone.';
comment on column mart.ops_reconciliation.last_attempt_at is 'When the day was last made due again because it differed, instant, shown in the zone of your session.';
