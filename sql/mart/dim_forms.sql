-- One row per version of an evaluation form or a survey form, deleted ones included, as it is now.
create view mart.dim_forms as
with
evaluation_forms as (
    select * from genesys.evaluation_forms where valid_to is null
),

survey_forms as (
    select * from genesys.survey_forms where valid_to is null
),

forms as (
    select
        evaluation_forms.evaluation_form_id as form_id,
        evaluation_forms.context_id,
        'evaluation' as form_kind,
        evaluation_forms.name,
        null as language,
        evaluation_forms.is_published,
        false as is_disabled,
        evaluation_forms.modified_date,
        evaluation_forms.deleted_at
    from evaluation_forms

    union all

    select
        survey_forms.survey_form_id,
        survey_forms.context_id,
        'survey' as form_kind,
        survey_forms.name,
        survey_forms.language,
        survey_forms.is_published,
        survey_forms.is_disabled,
        survey_forms.modified_date,
        survey_forms.deleted_at
    from survey_forms
),

final as (
    select
        forms.form_id,
        forms.context_id,

        forms.form_kind,
        forms.name as form_name,
        forms.language,

        coalesce(forms.is_published, false) as is_published,
        coalesce(forms.is_disabled, false) as is_disabled,
        forms.deleted_at is not null as is_deleted,

        forms.modified_date as modified_at,
        forms.deleted_at
    from forms
)

select * from final;

comment on view mart.dim_forms is 'One row per version of an evaluation form or a survey form, deleted ones included. Source: the directory, /api/v2/quality/forms.';
comment on column mart.dim_forms.form_id is 'Version of a form; the key of this relation. What fct_evaluations and fct_surveys name.';
comment on column mart.dim_forms.context_id is 'The form itself: all of its versions have the same. Directory contextId.';
comment on column mart.dim_forms.form_kind is 'evaluation or survey.';
comment on column mart.dim_forms.form_name is 'Current or last known name.';
comment on column mart.dim_forms.language is 'Language of a survey form, such as en-US; null for evaluation forms.';
comment on column mart.dim_forms.is_published is 'True where this version is published. Directory published.';
comment on column mart.dim_forms.is_disabled is 'True where a survey form is switched off. Directory disabled.';
comment on column mart.dim_forms.is_deleted is 'True where the directory no longer lists the form.';
comment on column mart.dim_forms.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_forms.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
