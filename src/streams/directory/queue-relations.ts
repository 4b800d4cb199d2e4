import { bigint, type EntityKind, flag, text, uuid } from './entity-kind.js';

/** Describes the members of a queue, listed queue by queue. The first id column is the queue's, which the listing does not show. */
export const queueMembers: Omit<EntityKind, 'list'> = {
  relation: 'queue_members',
  idColumns: ['queue_id', 'user_id'],
  columns: {
    queue_id: uuid('queueId'),
    user_id: uuid('id'),
    ring_number: bigint('ringNumber'),
    is_joined: flag('joined'),
    member_by: text('memberBy'),
  },
  historyColumns: [],
  // The user has its own relation, and its routing status at the moment of listing is not part of a membership.
  ignored: ['selfUri', 'name', 'user', 'routingStatus'],
};

export const queueWrapupCodes: Omit<EntityKind, 'list'> = {
  relation: 'queue_wrapup_codes',
  idColumns: ['queue_id', 'wrapup_code'],
  columns: { queue_id: uuid('queueId'), wrapup_code: text('id') },
  historyColumns: [],
  // The code has its own relation.
  ignored: ['selfUri', 'name', 'division', 'dateCreated', 'dateModified', 'createdBy', 'modifiedBy', 'description'],
};
