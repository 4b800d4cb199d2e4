-- Whose data a warehouse holds, for the views of its schema federation. Run by migrate.
--
-- Called immutable so that a planner puts the value in place of the call: an organisation never changes here, and what a federated
-- database sends groups and filters by it. No plan is kept longer than a session.
create function federation.organization_id()
returns uuid
language sql
immutable
security definer
parallel safe
cost 1
begin atomic
    select settings.value::uuid
    from extract.settings as settings
    where settings.name = 'organization_id';
end;

comment on function federation.organization_id is 'Id of the organisation whose data this database holds; null before the first pull. Source: extract.settings.';

create function federation.organization_name()
returns text
language sql
immutable
security definer
parallel safe
cost 1
begin atomic
    select settings.value
    from extract.settings as settings
    where settings.name = 'organization_name';
end;

comment on function federation.organization_name is 'Name of the organisation, as of the last day on which it was asked for. Source: extract.settings.';
