-- One row per API and OAuth client: requests of the last minute against what is allowed.
-- @definitions ops_requests
select
    requests.api,
    requests.client,
    requests.minute_count,
    requests.allowed_count,
    requests.used_rate,
    requests.total_count,
    requests.waiting_process_count,
    requests.paused_until_local,
    requests.last_asked_local
from mart.ops_requests as requests
order by requests.last_asked_local desc
