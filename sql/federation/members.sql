-- One row per member. Run by genesys-warehouse federate, each time.
create schema if not exists federation;

create table if not exists federation.members (
    member_name text primary key,
    organization_id uuid not null unique,
    organization_name text,
    schema_version text not null,
    time_zone text not null,
    relations jsonb not null,
    read_at timestamptz not null
);

comment on schema federation is 'Members of this federated database, see genesys-warehouse federate.';
comment on table federation.members is 'Warehouses whose marts this database shows, as they were when federate last read them.';
comment on column federation.members.relations is 'Relations of the member with their columns.';
