-- One row per day from 2010 to 2049.
create view mart.dim_dates as
with
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

        date_trunc('week', bounded.day)::date as week_start_day,
        date_trunc('month', bounded.day)::date as month_start_day,
        date_trunc('quarter', bounded.day)::date as quarter_start_day,
        date_trunc('year', bounded.day)::date as year_start_day,
        bounded.day_start_at,
        bounded.day_end_at
    from bounded
)

select * from final;

comment on view mart.dim_dates is 'One row per day from 2010 to 2049 in the reporting time zone. Source: computed.';
comment on column mart.dim_dates.day is 'Day; the key of this relation.';
comment on column mart.dim_dates.month_name is 'January to December.';
comment on column mart.dim_dates.weekday_name is 'Monday to Sunday.';
comment on column mart.dim_dates.year_month is 'Such as 2026-03.';
comment on column mart.dim_dates.iso_year_week is 'Such as 2026-W09.';
comment on column mart.dim_dates.year is 'Calendar year.';
comment on column mart.dim_dates.quarter is '1 to 4.';
comment on column mart.dim_dates.month is '1 to 12.';
comment on column mart.dim_dates.day_of_month is '1 to 31.';
comment on column mart.dim_dates.day_of_year is '1 to 366.';
comment on column mart.dim_dates.iso_year is 'Year to which the ISO week belongs.';
comment on column mart.dim_dates.iso_week is 'ISO 8601 week, 1 to 53.';
comment on column mart.dim_dates.iso_weekday is '1 (Monday) to 7 (Sunday).';
comment on column mart.dim_dates.length_hours is 'Length of the day in hours: 23 or 25 when clocks change, else 24.';
comment on column mart.dim_dates.is_weekend is 'True on Saturday and Sunday.';
comment on column mart.dim_dates.week_start_day is 'Monday of the ISO week.';
comment on column mart.dim_dates.month_start_day is 'First day of the month.';
comment on column mart.dim_dates.quarter_start_day is 'First day of the quarter.';
comment on column mart.dim_dates.year_start_day is 'First day of the year.';
comment on column mart.dim_dates.day_start_at is 'First instant of the day, UTC instant.';
comment on column mart.dim_dates.day_end_at is 'First instant of the next day, UTC instant.';
