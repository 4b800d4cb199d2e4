-- Claims and locks as rows and tables of this schema. Advisory locks need no privilege: any role that may connect can take any key.
create table extract.claims (
    slice_id bigint primary key,
    claim_id uuid not null,
    holder text not null,
    session_pid integer not null,
    session_role oid not null,
    session_key integer not null,
    claimed_at timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table extract.claims is 'Slices that a process works on. A claim ends with the session that made it; whatever that session stores is committed only while its claim stands here.';
comment on column extract.claims.claim_id is 'Drawn for each claim: a commit checks it, so that a claim that another process has taken over stores nothing any more.';
comment on column extract.claims.holder is 'Host and process, for people.';
comment on column extract.claims.session_pid is 'Server process of the connection that writes the slice.';
comment on column extract.claims.session_role is 'Role that this connection logged in with, so that no other role can pose as the session.';
comment on column extract.claims.session_key is 'Second key of the advisory lock that the session holds while it lives: its sign of life, and nothing else.';
comment on column extract.claims.heartbeat_at is 'Renewed while the process works; a claim without a heartbeat for three minutes may be taken over.';

create table extract.locks (
    name text not null,
    bucket smallint not null,
    primary key (name, bucket)
);
comment on table extract.locks is 'Rows to lock (select … for update) for work that must not meet: one operation at a time of each name and bucket. Nothing is ever written here.';
insert into extract.locks (name, bucket)
select name, bucket
from unnest(array['day_sums', 'interval_days', 'partitions', 'plans', 'reconciled_days', 'status_spans']) as name,
    generate_series(0, 255) as bucket;

create table extract.storing_gate ();
comment on table extract.storing_gate is 'Holds no rows. Whoever stores locks it in row share mode; who changes what storing depends on (an erasure, the schema) locks it in exclusive mode.';
create table extract.zone_gate ();
comment on table extract.zone_gate is 'Holds no rows. Whoever computes day sums locks it in row share mode; who changes their time zone locks it in exclusive mode.';
