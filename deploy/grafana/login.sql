-- The login that Grafana reads with: member of genesys_reader, nothing else. Fails until `migrate` has made that role; it is tried again.
\set ON_ERROR_STOP on
select 'create role grafana login' where not exists (select from pg_roles where rolname = 'grafana') \gexec
alter role grafana password :'password';
alter role grafana set statement_timeout = '30s';
alter role grafana set default_transaction_read_only = on;
grant genesys_reader to grafana;
