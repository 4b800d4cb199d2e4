-- Whom the warehouse must not know any more. Only digests with this database's own salt: enough to recognise a person in a later answer, not to
-- say who it was.
create table extract.erasures (
    erasure_id bigint generated always as identity primary key,
    subject text not null,
    digest text not null,
    policy text not null,
    erased_at timestamptz not null,
    constraint erasures_subject_check check (subject in ('external_contact', 'address', 'user', 'conversation')),
    constraint erasures_policy_check check (policy in ('mask', 'remove')),
    unique (subject, digest)
);
comment on table extract.erasures is 'People who were erased: whatever is pulled later is stored without them. A changed policy is a new row with a new id.';
comment on column extract.erasures.subject is 'conversation: one that an erased person took part in, so that a later version of it that does not show the person is masked too.';
comment on column extract.erasures.digest is 'HMAC-SHA-256 of the identifier, keyed with the setting erasure_salt.';
comment on column extract.erasures.policy is 'mask: values become [erased]; remove: they are left out.';

-- What was pruned: neither the schedule nor a backfill brings it back unless it is told to.
create table extract.pruned (
    stream text not null,
    pruned_from timestamptz not null,
    pruned_to timestamptz not null,
    pruned_at timestamptz not null,
    primary key (stream, pruned_from),
    constraint pruned_interval_check check (pruned_from < pruned_to)
);
comment on table extract.pruned is 'Intervals of which a stream owes nothing and keeps nothing, because prune removed them. backfill --force lifts that for the range it pulls.';
