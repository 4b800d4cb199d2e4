-- One row per routing language, deleted ones included, as it is now.
create view mart.dim_languages as
with
languages as (
    select * from genesys.languages where valid_to is null
),

final as (
    select
        languages.language_id,

        languages.name as language_name,
        languages.state,

        coalesce(languages.state = 'active', false) and languages.deleted_at is null as is_active,
        coalesce(languages.state = 'deleted', false) or languages.deleted_at is not null as is_deleted,

        languages.date_modified as modified_at,
        languages.deleted_at
    from languages
)

select * from final;

comment on view mart.dim_languages is 'One row per routing language, deleted ones included. Source: the directory, /api/v2/routing/languages.';
comment on column mart.dim_languages.language_id is 'Language; the key of this relation.';
comment on column mart.dim_languages.language_name is 'Current or last known name.';
comment on column mart.dim_languages.state is 'active, inactive or deleted. Directory state.';
comment on column mart.dim_languages.is_active is 'True where the language is active and listed.';
comment on column mart.dim_languages.is_deleted is 'True where the language is in state deleted or no longer listed.';
comment on column mart.dim_languages.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_languages.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
