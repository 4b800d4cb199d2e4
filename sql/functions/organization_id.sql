-- Id of the organisation whose data this database holds; null until the first pull has asked for it.
--
-- Called immutable so that a planner puts the value in place of the call: an organisation never changes here, and a query that a federated
-- database sends groups and filters by it. No plan is kept longer than a session.
create or replace function genesys.organization_id()
returns text
language sql
immutable
security definer
parallel safe
cost 1
begin atomic
    select settings.value
    from extract.settings as settings
    where settings.name = 'organization_id';
end;

comment on function genesys.organization_id is 'Id of the organisation whose data this database holds. Source: extract.settings.';
