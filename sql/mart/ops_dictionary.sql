-- One row per relation of mart × column.
create view mart.ops_dictionary as
with
relations as (
    select
        classes.oid,
        classes.relname::text as relation,
        obj_description(classes.oid, 'pg_class') as relation_description
    from pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
    where
        namespaces.nspname = 'mart'
        and classes.relkind in ('v', 'r')
        and has_table_privilege(classes.oid, 'select')
),

columns as (
    select
        relations.relation,
        relations.relation_description,
        attributes.attname::text as column_name,
        attributes.attnum::integer as column_no,
        format_type(attributes.atttypid, null) as data_type,
        coalesce(col_description(relations.oid, attributes.attnum), '') as description,
        split_part(relations.relation, '_', 1) as prefix
    from relations
    inner join pg_catalog.pg_attribute as attributes on attributes.attrelid = relations.oid
    where
        attributes.attnum > 0
        and not attributes.attisdropped
),

-- Sums over causes or rules repeat in each of their rows.
repeated (relation, column_name) as (
    values
    ('rpt_wrapup_causes', 'agent_session_count'),
    ('rpt_wrapup_causes', 'coded_session_count'),
    ('rpt_wrapup_causes', 'conversation_count'),
    ('rpt_wrapup_assignments', 'conversation_count')
),

final as (
    select
        columns.relation || '.' || columns.column_name as dictionary_key,

        columns.relation,
        case columns.prefix
            when 'dim' then 'dimension'
            when 'fct' then 'fact'
            when 'rpt' then 'report'
            when 'bridge' then 'bridge'
            when 'ops' then 'operations'
            else 'other'
        end as relation_kind,
        columns.column_name,
        columns.data_type,
        case
            when columns.column_name ~ '_seconds$' then 'seconds'
            when columns.column_name ~ '_hours$' then 'hours'
            when columns.column_name ~ '_rate$' then 'fraction'
            when columns.column_name ~ '_count$' then 'count'
            when columns.column_name = 'minute_of_day' then 'minutes'
            when columns.data_type = 'timestamp with time zone' then 'instant'
            when columns.data_type = 'timestamp without time zone' then 'local time'
            when columns.data_type = 'date' then 'local day'
            when columns.data_type = 'boolean' then 'true or false'
        end as unit,
        columns.description,
        coalesce(
            substring(columns.description from '(?:Details|Directory|Aggregates) ([A-Za-z][A-Za-z.]*[A-Za-z])'),
            substring(columns.description from '\m([notu][A-Z][A-Za-z]+)\M')
        ) as source_field,
        columns.relation_description,

        columns.column_no,

        columns.prefix in ('fct', 'rpt')
        and columns.column_name ~ '_(count|seconds|sum|numerator|denominator)$'
        and columns.column_name !~ '(^|_)(average|median|longest|shortest|max|min|p[0-9]+|target)_'
        and columns.description !~* '\mnot additive\M'
        and columns.data_type in ('bigint', 'integer', 'smallint', 'numeric')
        and repeated.relation is null as is_additive,
        columns.relation in ('fct_addresses', 'fct_attributes')
        or columns.column_name ~ '(^|_)(user_name|manager_name|email|username|note|notes)$' as is_personal
    from columns
    left join repeated
        on repeated.relation = columns.relation
        and repeated.column_name = columns.column_name
)

select * from final;

comment on view mart.ops_dictionary is 'One row per column of a relation of mart that the current role may read: the data dictionary. Source: the catalogue of the database and the comments in it.';
comment on column mart.ops_dictionary.dictionary_key is 'Relation and column, joined by a dot; the key of this relation.';
comment on column mart.ops_dictionary.relation is 'Relation of schema mart.';
comment on column mart.ops_dictionary.relation_kind is 'dimension, fact, report, bridge or operations.';
comment on column mart.ops_dictionary.column_name is 'Column.';
comment on column mart.ops_dictionary.data_type is 'Type in Postgres.';
comment on column mart.ops_dictionary.unit is 'seconds, hours, fraction, count, minutes, instant, local time, local day, true or false; null for ids, texts and plain numbers.';
comment on column mart.ops_dictionary.description is 'What the column says. The comment on it.';
comment on column mart.ops_dictionary.source_field is 'Genesys Cloud''s own name of the field or metric, as far as the description names one.';
comment on column mart.ops_dictionary.relation_description is 'What a row of the relation is. The comment on it.';
comment on column mart.ops_dictionary.column_no is 'Position of the column in the relation, from 1.';
comment on column mart.ops_dictionary.is_additive is 'True where the values of several rows may be added up; false for rates, averages, extremes, settings and what repeats.';
comment on column mart.ops_dictionary.is_personal is 'True where it describes a person: of a customer in relations for genesys_personal, of a colleague elsewhere.';
