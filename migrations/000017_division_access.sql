-- Which role sees which divisions in schema mart. A role without rows sees all; views look here at every statement.
create table extract.division_access (
    role_name text not null,
    division_id text not null,
    granted_at timestamptz not null default now(),
    primary key (role_name, division_id)
);

comment on table extract.division_access is 'Divisions that a role of the database may see in schema mart; a role without rows sees all. Written by the command access.';
comment on column extract.division_access.role_name is 'Name of the role, as in pg_roles.rolname.';
comment on column extract.division_access.division_id is 'Division, as in mart.dim_divisions.division_id.';
comment on column extract.division_access.granted_at is 'When the access was granted, UTC instant.';
