-- Transfers from queue to queue, and their outcome.
select
    from_queues.queue_name as from_queue_name,
    to_queues.queue_name as to_queue_name,
    transfers.transfer_type,
    transfers.outcome,
    count(*) as session_count,
    sum(transfers.transfer_count) as transfer_count
from mart.fct_transfers as transfers
left join mart.dim_queues as from_queues on from_queues.queue_id = transfers.queue_id
left join mart.dim_queues as to_queues on to_queues.queue_id = transfers.to_queue_id
where transfers.day >= :from_day and transfers.day < :to_day
group by from_queues.queue_name, to_queues.queue_name, transfers.transfer_type, transfers.outcome
order by from_queues.queue_name, to_queues.queue_name, transfers.transfer_type, transfers.outcome
