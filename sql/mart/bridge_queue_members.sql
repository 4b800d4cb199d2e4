-- One row per queue × user who is a member of it now.
create view mart.bridge_queue_members as
with
members as (
    select * from genesys.queue_members where valid_to is null and deleted_at is null
),

final as (
    select
        members.queue_id,
        members.user_id,

        members.member_by,

        members.ring_number,

        coalesce(members.is_joined, false) as is_joined,

        members.valid_from as member_since_at
    from members
)

select * from final;

comment on view mart.bridge_queue_members is 'One row per queue and member of it now: links dim_queues and dim_users, which are many to many. Counting handled contacts through it counts them once per queue of the agent: use it to choose agents or queues, not to add up. Source: the directory, /api/v2/routing/queues/{queueId}/members.';
comment on column mart.bridge_queue_members.queue_id is 'Queue; with user_id the key of this relation. See dim_queues.';
comment on column mart.bridge_queue_members.user_id is 'Member. See dim_users.';
comment on column mart.bridge_queue_members.member_by is 'user or group: how the user became a member. Directory memberBy.';
comment on column mart.bridge_queue_members.ring_number is 'Bullseye ring of the member, from 1. Directory ringNumber.';
comment on column mart.bridge_queue_members.is_joined is 'True where the member has the queue switched on, and so gets its conversations. Directory joined.';
comment on column mart.bridge_queue_members.member_since_at is 'First reading of the directory that showed the membership, instant, shown in the zone of your session.';
