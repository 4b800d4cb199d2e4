-- One row per queue that exists or has figures, for choosing.
-- @definitions dim_queues
select
    queues.queue_id,
    queues.queue_name,
    queues.division_name,
    queues.is_deleted
from mart.dim_queues as queues
order by queues.is_deleted, lower(queues.queue_name), queues.queue_id
