-- Where each stream's schedule begins, which was kept in names and texts of extract.settings.
create table extract.streams (
    stream text primary key,
    scheduled_from timestamptz not null
);
comment on table extract.streams is 'One row per stream that is pulled by a schedule. Snapshots (directory, open conversations) have none: what they miss is not pulled later.';
comment on column extract.streams.scheduled_from is 'Start of the first interval that the schedule has asked for, UTC instant; moves to the end of what is pruned.';

insert into extract.streams (stream, scheduled_from)
select
    substr(settings.name, length('scheduled_from.') + 1),
    settings.value::timestamptz
from extract.settings as settings
where starts_with(settings.name, 'scheduled_from.');

delete from extract.settings where starts_with(name, 'scheduled_from.');
