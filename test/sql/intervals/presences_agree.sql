-- Presences of agents whose definition counts as another system presence than the status says.
select
    statuses.user_id,
    statuses.started_at,
    statuses.status,
    presences.status as definition_status
from mart.fct_agent_statuses as statuses
inner join mart.dim_presences as presences
    on presences.organization_presence_id = statuses.organization_presence_id
where
    statuses.status_kind = 'presence'
    and presences.status is distinct from statuses.status
