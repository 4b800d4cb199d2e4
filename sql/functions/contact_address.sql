-- An address in one spelling, so that two conversations of one customer have the same; null where there is none or it is withheld.
create or replace function genesys.contact_address(address text)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when parts.address_user in ('', 'anonymous', 'restricted', 'private', 'unknown', 'unavailable', 'withheld')
                then null
            when parts.digits ~ '^\+?[0-9]{5,}$' then regexp_replace(parts.digits, '^00', '+')
            else parts.plain
        end
    from (
        select
            plain.plain,
            regexp_replace(plain.plain, '@.*$', '') as address_user,
            regexp_replace(
                case when plain.small ~ '^sips?:' then regexp_replace(plain.plain, '@.*$', '') else plain.plain end,
                '[ ()./-]',
                '',
                'g'
            ) as digits
        from (
            select
                small.small,
                regexp_replace(regexp_replace(small.small, '^(tel:|sips?:|mailto:)', ''), '[;?].*$', '') as plain
            from (select btrim(lower(address collate "C"), E' \t') collate "default" as small) as small
        ) as plain
    ) as parts
    where position('[erased]' in address) = 0
$$;

comment on function genesys.contact_address is 'Address without scheme and parameters, in lower case (A to Z); a telephone number as digits with + for an international prefix. Columns contact and entry_point of genesys.conversation_facts.';
