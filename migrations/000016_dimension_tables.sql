-- Dates and times of day are tables: a view of generate_series was made again for each row of a fact whenever a report asked for one day of
-- one queue. `migrate` fills them from genesys.int_dates and genesys.int_times_of_day.
drop view if exists mart.dim_dates;
drop view if exists mart.dim_intervals;

create table mart.dim_dates (
    day date primary key,
    month_name text not null,
    weekday_name text not null,
    year_month text not null,
    iso_year_week text not null,
    year integer not null,
    quarter integer not null,
    month integer not null,
    day_of_month integer not null,
    day_of_year integer not null,
    iso_year integer not null,
    iso_week integer not null,
    iso_weekday integer not null,
    length_hours numeric not null,
    is_weekend boolean not null,
    has_data boolean not null,
    week_start_day date not null,
    month_start_day date not null,
    quarter_start_day date not null,
    year_start_day date not null,
    day_start_at timestamptz not null,
    day_end_at timestamptz not null
);

create table mart.dim_intervals (
    minute_of_day integer primary key,
    quarter_hour text not null,
    half_hour text not null,
    full_hour text not null,
    day_part text not null,
    hour_of_day integer not null,
    minute_of_hour integer not null
);

comment on schema mart is 'For BI tools: views, and dimensions that are tables. The only schema that the role genesys_reader can see.';

comment on table mart.dim_dates is 'One row per day from 2010 to 2049 in the reporting time zone. A slicer shows the days that matter where has_data is true. Source: computed.';
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
comment on column mart.dim_dates.has_data is 'True where at least a part of the day was pulled for at least one stream of facts. Which day of which stream is whole: ops_covered_days. Source: the ledger of slices.';
comment on column mart.dim_dates.week_start_day is 'Monday of the ISO week.';
comment on column mart.dim_dates.month_start_day is 'First day of the month.';
comment on column mart.dim_dates.quarter_start_day is 'First day of the quarter.';
comment on column mart.dim_dates.year_start_day is 'First day of the year.';
comment on column mart.dim_dates.day_start_at is 'First instant of the day, UTC instant.';
comment on column mart.dim_dates.day_end_at is 'First instant of the next day, UTC instant.';

comment on table mart.dim_intervals is 'One row per quarter of an hour of the clock, for reports by time of day: join minute_of_day of the facts. Source: computed.';
comment on column mart.dim_intervals.minute_of_day is 'Minutes from midnight on the clock: 0, 15, … 1425; the key of this relation.';
comment on column mart.dim_intervals.quarter_hour is 'Start as 08:15.';
comment on column mart.dim_intervals.half_hour is 'Start of the half hour it lies in, as 08:00.';
comment on column mart.dim_intervals.full_hour is 'Start of the hour it lies in, as 08:00.';
comment on column mart.dim_intervals.day_part is 'night (from midnight), morning (from 6), afternoon (from 12) or evening (from 18).';
comment on column mart.dim_intervals.hour_of_day is '0 to 23.';
comment on column mart.dim_intervals.minute_of_hour is '0, 15, 30 or 45.';
