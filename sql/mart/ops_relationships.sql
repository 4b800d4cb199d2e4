-- One row per referring column of a relation of mart.
create view mart.ops_relationships as
with
references_to (column_name, to_relation, to_column, is_primary) as (
    values
    ('day', 'dim_dates', 'day', true),
    ('minute_of_day', 'dim_intervals', 'minute_of_day', true),
    ('queue_id', 'dim_queues', 'queue_id', true),
    ('first_queue_id', 'dim_queues', 'queue_id', false),
    ('last_queue_id', 'dim_queues', 'queue_id', false),
    ('to_queue_id', 'dim_queues', 'queue_id', false),
    ('transferred_from_queue_id', 'dim_queues', 'queue_id', false),
    ('first_user_id', 'dim_users', 'user_id', false),
    ('last_user_id', 'dim_users', 'user_id', false),
    ('previous_conversation_id', 'fct_conversations', 'conversation_id', false),
    ('user_id', 'dim_users', 'user_id', true),
    ('answer_user_id', 'dim_users', 'user_id', false),
    ('to_user_id', 'dim_users', 'user_id', false),
    ('manager_id', 'dim_users', 'user_id', false),
    ('team_id', 'dim_teams', 'team_id', false),
    ('location_id', 'dim_locations', 'location_id', false),
    ('division_id', 'dim_divisions', 'division_id', false),
    ('skill_id', 'dim_skills', 'skill_id', true),
    ('language_id', 'dim_languages', 'language_id', true),
    ('flow_id', 'dim_flows', 'flow_id', true),
    ('to_flow_id', 'dim_flows', 'flow_id', false),
    ('flow_outcome_id', 'dim_flow_outcomes', 'flow_outcome_id', true),
    ('campaign_id', 'dim_campaigns', 'campaign_id', true),
    ('contact_list_id', 'dim_contact_lists', 'contact_list_id', false),
    ('organization_presence_id', 'dim_presences', 'organization_presence_id', true),
    ('outbound_campaign_id', 'dim_campaigns', 'campaign_id', false),
    ('evaluator_id', 'dim_users', 'user_id', false),
    ('assignee_id', 'dim_users', 'user_id', false),
    ('form_id', 'dim_forms', 'form_id', true),
    ('survey_form_id', 'dim_forms', 'form_id', true),
    ('wrapup_code', 'dim_wrapup_codes', 'wrapup_code', true),
    ('last_wrapup_code', 'dim_wrapup_codes', 'wrapup_code', false),
    ('effective_wrapup_code', 'dim_wrapup_codes', 'wrapup_code', false),
    ('wrapup_cause', 'dim_wrapup_causes', 'wrapup_cause', true),
    ('conversation_id', 'fct_conversations', 'conversation_id', false),
    ('leg_key', 'fct_queue_legs', 'leg_key', false),
    ('answer_session_key', 'fct_agent_sessions', 'session_key', false),
    ('call_session_key', 'fct_agent_sessions', 'session_key', false),
    ('entry_point', 'dim_entry_points', 'entry_point', true)
),

columns as (
    select
        classes.relname::text as relation,
        attributes.attname::text as column_name
    from pg_catalog.pg_class as classes
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = classes.relnamespace
    inner join pg_catalog.pg_attribute as attributes on attributes.attrelid = classes.oid
    where
        namespaces.nspname = 'mart'
        and classes.relkind in ('v', 'r')
        and attributes.attnum > 0
        and not attributes.attisdropped
        and has_table_privilege(classes.oid, 'select')
        and classes.relname ~ '^(dim|fct|rpt|bridge)_'
),

final as (
    select
        columns.relation || '.' || columns.column_name as relationship_key,

        columns.relation as from_relation,
        columns.column_name as from_column,
        references_to.to_relation,
        references_to.to_column,
        case
            when columns.relation = 'dim_intervals' then 'one_to_one'
            else 'many_to_one'
        end as cardinality,

        references_to.is_primary and columns.relation ~ '^(fct|rpt|bridge)_' as is_active
    from columns
    inner join references_to on references_to.column_name = columns.column_name
    where
        columns.relation <> references_to.to_relation
        -- There * means all divisions.
        and (columns.relation, columns.column_name) <> ('dim_wrapup_codes', 'division_id')
        and exists (
            select
            from columns as target
            where
                target.relation = references_to.to_relation
                and target.column_name = references_to.to_column
        )
)

select * from final;

comment on view mart.ops_relationships is 'One row per column of a relation of mart that refers to another relation: how to join them, each by one column. A test checks every one of them against the data. Source: the catalogue of the database.';
comment on column mart.ops_relationships.relationship_key is 'Referring relation and column, joined by a dot; the key of this relation.';
comment on column mart.ops_relationships.from_relation is 'Relation that refers.';
comment on column mart.ops_relationships.from_column is 'Column that refers; null in rows without a reference.';
comment on column mart.ops_relationships.to_relation is 'Relation referred to.';
comment on column mart.ops_relationships.to_column is 'Its key.';
comment on column mart.ops_relationships.cardinality is 'many_to_one: many rows of from_relation refer to one of to_relation.';
comment on column mart.ops_relationships.is_active is 'True for the one that a model filters by; false for second roles, and for joins that would make two ways between the same tables.';
