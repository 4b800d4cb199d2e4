-- Keys that occur more than once in a dimension.
select 'dim_queues' as relation, queues.queue_id::text as key
from mart.dim_queues as queues
group by queues.queue_id
having count(*) > 1

union all

select 'dim_users' as relation, users.user_id::text as key
from mart.dim_users as users
group by users.user_id
having count(*) > 1

union all

select 'dim_divisions' as relation, divisions.division_id as key
from mart.dim_divisions as divisions
group by divisions.division_id
having count(*) > 1

union all

select 'dim_presences' as relation, presences.organization_presence_id::text as key
from mart.dim_presences as presences
group by presences.organization_presence_id
having count(*) > 1

union all

select 'dim_wrapup_codes' as relation, codes.wrapup_code as key
from mart.dim_wrapup_codes as codes
group by codes.wrapup_code
having count(*) > 1

union all

select 'dim_wrapup_causes' as relation, causes.wrapup_cause as key
from mart.dim_wrapup_causes as causes
group by causes.wrapup_cause
having count(*) > 1

union all

select 'dim_dates' as relation, dates.day::text as key
from mart.dim_dates as dates
group by dates.day
having count(*) > 1
