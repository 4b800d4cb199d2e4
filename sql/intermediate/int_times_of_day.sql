-- One row per quarter of an hour of the clock: what mart.dim_intervals must hold.
create view genesys.int_times_of_day as
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

comment on view genesys.int_times_of_day is 'One row per quarter of an hour of the clock. The definition of the table mart.dim_intervals, which migrate fills.';
