-- One row per quarter of an hour of the clock.
create view mart.dim_intervals as
with
quarters as (
    select minute_of_day
    from generate_series(0, 1425, 15) as minute_of_day
),

final as (
    select
        quarters.minute_of_day,

        to_char(make_interval(mins => quarters.minute_of_day), 'HH24:MI') as quarter_hour,
        to_char(make_interval(mins => quarters.minute_of_day / 30 * 30), 'HH24:MI') as half_hour,
        to_char(make_interval(mins => quarters.minute_of_day / 60 * 60), 'HH24:MI') as full_hour,
        case quarters.minute_of_day / 360
            when 0 then 'night'
            when 1 then 'morning'
            when 2 then 'afternoon'
            else 'evening'
        end as day_part,

        quarters.minute_of_day / 60 as hour_of_day,
        quarters.minute_of_day % 60 as minute_of_hour
    from quarters
)

select * from final;

comment on view mart.dim_intervals is 'One row per quarter of an hour of the clock, for reports by time of day: join minute_of_day of the interval facts. Source: computed.';
comment on column mart.dim_intervals.minute_of_day is 'Minutes from midnight on the clock: 0, 15, … 1425; the key of this relation.';
comment on column mart.dim_intervals.quarter_hour is 'Start as 08:15.';
comment on column mart.dim_intervals.half_hour is 'Start of the half hour it lies in, as 08:00.';
comment on column mart.dim_intervals.full_hour is 'Start of the hour it lies in, as 08:00.';
comment on column mart.dim_intervals.day_part is 'night (from midnight), morning (from 6), afternoon (from 12) or evening (from 18).';
comment on column mart.dim_intervals.hour_of_day is '0 to 23.';
comment on column mart.dim_intervals.minute_of_hour is '0, 15, 30 or 45.';
