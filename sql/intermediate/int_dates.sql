-- One row per day from 2010 to 2049: what mart.dim_dates must hold.
create view genesys.int_dates as
with
pulled as (
    select range_agg(tstzrange(slices.slice_from, slices.slice_to)) as ranges
    from genesys.int_fact_slices as slices
    where slices.pass > 0
),

days as (
    select day::date as day
    from generate_series(timestamp '2010-01-01', timestamp '2049-12-31', interval '1 day') as day
),

bounded as (
    select
        days.day,
        days.day::timestamp at time zone {{time_zone}} as day_start_at,
        (days.day + 1)::timestamp at time zone {{time_zone}} as day_end_at
    from days
),

final as (
    select
        bounded.day,

        to_char(bounded.day, 'FMMonth') as month_name,
        to_char(bounded.day, 'FMDay') as weekday_name,
        to_char(bounded.day, 'YYYY-MM') as year_month,
        to_char(bounded.day, 'IYYY-"W"IW') as iso_year_week,

        extract(year from bounded.day)::integer as year,
        extract(quarter from bounded.day)::integer as quarter,
        extract(month from bounded.day)::integer as month,
        extract(day from bounded.day)::integer as day_of_month,
        extract(doy from bounded.day)::integer as day_of_year,
        extract(isoyear from bounded.day)::integer as iso_year,
        extract(week from bounded.day)::integer as iso_week,
        extract(isodow from bounded.day)::integer as iso_weekday,
        round(extract(epoch from bounded.day_end_at - bounded.day_start_at) / 3600, 2) as length_hours,

        extract(isodow from bounded.day) >= 6 as is_weekend,
        coalesce(pulled.ranges && tstzrange(bounded.day_start_at, bounded.day_end_at), false) as has_data,

        date_trunc('week', bounded.day)::date as week_start_day,
        date_trunc('month', bounded.day)::date as month_start_day,
        date_trunc('quarter', bounded.day)::date as quarter_start_day,
        date_trunc('year', bounded.day)::date as year_start_day,
        bounded.day_start_at,
        bounded.day_end_at
    from bounded
    cross join pulled
)

select * from final;

comment on view genesys.int_dates is 'One row per day from 2010 to 2049 in the reporting time zone. The definition of the table mart.dim_dates: migrate fills it, each completed slice marks its days as having data, and a test compares the two.';
