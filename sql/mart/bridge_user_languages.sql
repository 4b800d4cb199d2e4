-- One row per user × routing language that the user has now.
create view mart.bridge_user_languages as
with
users as (
    select * from genesys.users where valid_to is null
),

languages as (
    select
        users.user_id,
        users.deleted_at,
        genesys.json_uuid(language.value -> 'id') as language_id,
        language.value ->> 'state' as state,
        genesys.json_number(language.value -> 'proficiency') as proficiency,
        row_number() over (partition by users.user_id, language.value ->> 'id' order by language.position) as duplicate_no
    from users
    cross join jsonb_array_elements(
        case when jsonb_typeof(users.extra -> 'languages') = 'array' then users.extra -> 'languages' end
    ) with ordinality as language (value, position)
),

final as (
    select
        languages.user_id,
        languages.language_id,

        languages.proficiency,

        coalesce(languages.state = 'active', true) and languages.deleted_at is null as is_active
    from languages
    where languages.language_id is not null and languages.duplicate_no = 1
)

select * from final;

comment on view mart.bridge_user_languages is 'One row per user and routing language of the user now: links dim_users and dim_languages, which are many to many. Source: the directory, /api/v2/users, expanded by languages.';
comment on column mart.bridge_user_languages.user_id is 'User; with language_id the key of this relation. See dim_users.';
comment on column mart.bridge_user_languages.language_id is 'Language. See dim_languages.';
comment on column mart.bridge_user_languages.proficiency is 'How well the user speaks it, 0 to 5. Directory languages.proficiency.';
comment on column mart.bridge_user_languages.is_active is 'True where the language is active and the user is listed. Directory languages.state.';
