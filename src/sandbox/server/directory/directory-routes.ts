import type { Directory, JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { json } from '../http/answer.js';
import { invalidValue, notFound } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { allOf, anyOf } from '../http/router.js';
import { visible } from './hidden-divisions.js';
import { listingCursor, listingPage, listingUncounted } from './listing.js';
import { asked, byName } from './listing-filters.js';
import type { Listing } from './listing-table.js';
import { isPresent, listings, withoutState } from './listing-table.js';
import { userRoutes } from './user-routes.js';

export function directoryRoutes(core: Core): Route[] {
  return [
    ...listings.flatMap((listing) => routesOf(core, listing)),
    presenceRoute(core),
    ...queueRoutes(core),
    ...userRoutes(core),
  ];
}

function routesOf(core: Core, listing: Listing): Route[] {
  const entities = (call: Call) => remaining(core, listing.entities(core.world.directory, call));
  const page = listing.style === 'cursor' ? listingCursor : listingPage;
  const common = { method: 'GET', permissions: listing.permissions };
  const list: Route = {
    ...common,
    path: `/api/v2/${listing.path}`,
    operation: listing.operation,
    handle: (call) => page(call, asked(call, entities(call)), listing.pageSizeMax),
  };
  if (listing.single !== true) return [list];
  const single: Route = {
    ...common,
    path: `/api/v2/${listing.path}/{id}`,
    operation: `${listing.operation}, one`,
    handle: (call) => json(oneOf(entities(call), call.params.id ?? '')),
  };
  return [list, single];
}

/** Without what the faults `deletedEntities` and `hiddenDivisions` take away, as if it was deleted or in a division out of sight. */
export function remaining(core: Core, entities: readonly JsonObject[]): readonly JsonObject[] {
  const seen = visible(core, entities);
  if (!core.faults.anyOn(['deletedEntities'])) return seen;
  return seen.filter((entity) => core.faults.strikes('deletedEntities', String(entity.id)) === undefined);
}

function oneOf(entities: readonly JsonObject[], id: string): JsonObject {
  const found = entities.find((entity) => entity.id === id);
  if (found === undefined) throw notFound(`The entity ${id}`);
  return found;
}

/** The new presence definitions come whole, without pages. */
function presenceRoute(core: Core): Route {
  return {
    method: 'GET',
    path: '/api/v2/presence/definitions',
    operation: 'presence definitions',
    permissions: allOf('presence:presenceDefinition:view'),
    handle: (call) => {
      const state = call.query.get('deactivated') ?? 'false';
      const all = remaining(core, core.world.directory.presences);
      const entities =
        state === 'any' ? all : all.filter((presence) => (presence.deactivated === true) === (state === 'true'));
      return json({ total: entities.length, entities: [...entities], selfUri: call.path });
    },
  };
}

function queueRoutes(core: Core): Route[] {
  const path = '/api/v2/routing/queues/{queueId}';
  const existing = (call: Call): string =>
    String(oneOf(remaining(core, core.world.directory.queues), call.params.queueId ?? '').id);
  return [
    {
      method: 'GET',
      path: `${path}/members`,
      operation: 'queue members',
      permissions: anyOf(
        'routing:queue:view',
        'routing:queue:edit',
        'routing:queue:readonly',
        'routing:queueMember:manage',
      ),
      handle: (call) =>
        listingUncounted(call, byName(call, membersOf(core.world.directory, existing(call), call)), 100),
    },
    {
      method: 'GET',
      path: `${path}/wrapupcodes`,
      operation: 'queue wrapup codes',
      permissions: allOf('routing:queue:view'),
      handle: (call) => listingPage(call, byName(call, codesOfQueue(core, existing(call))), 100),
    },
  ];
}

function membersOf(directory: Directory, queueId: string, call: Call): readonly JsonObject[] {
  const joined = call.query.get('joined');
  const memberBy = call.query.get('memberBy');
  if (memberBy !== null && memberBy !== 'user' && memberBy !== 'group')
    throw invalidValue(memberBy, 'memberBy', ['user', 'group']);
  return (directory.queueMembers.get(queueId) ?? []).filter(
    (member) =>
      (joined === null || String(member.joined) === joined) &&
      (memberBy === null || (member.memberBy ?? 'user') === memberBy),
  );
}

export function codesOfQueue(core: Core, queueId: string): readonly JsonObject[] {
  const ids = new Set(core.world.directory.queueWrapupCodes.get(queueId) ?? []);
  return remaining(core, core.world.directory.wrapupCodes)
    .filter((code) => ids.has(String(code.id)) && isPresent(code))
    .map(withoutState);
}
