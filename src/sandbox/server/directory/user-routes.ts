import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { json } from '../http/answer.js';
import { badRequest, invalidValue, notAUser, notFound } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { noPermissions } from '../http/router.js';
import { visible } from './hidden-divisions.js';
import { listingPage } from './listing.js';
import { asked, listOf } from './listing-filters.js';

const pageSizeMax = 500;
const idsMax = 100;
const states = ['active', 'inactive', 'deleted', 'any'];

/** Parts of a user that come only when `expand` names them. */
const expansions: readonly string[] = [
  'routingStatus presence integrationPresence conversationSummary outOfOffice geolocation station authorization lasttokenissued',
  'authorization.unusedRoles team workPlanBidRanks externalContactsSettings groups customAttributes profileSkills certifications',
  'locations skills languages languagePreference employerInfo biography dateLastLogin dateWelcomeSent',
].flatMap((line) => line.split(' '));

export function userRoutes(core: Core): Route[] {
  const common = { method: 'GET', permissions: noPermissions };
  return [
    {
      ...common,
      path: '/api/v2/users',
      operation: 'users',
      handle: (call) => listingPage(call, list(core, call), pageSizeMax),
    },
    { ...common, path: '/api/v2/users/me', operation: 'users, me', handle: (call) => json(me(core, call)) },
    { ...common, path: '/api/v2/users/{userId}', operation: 'users, one', handle: (call) => json(single(core, call)) },
  ];
}

function list(core: Core, call: Call): readonly JsonObject[] {
  const expand = expandOf(call);
  const state = call.query.get('state') ?? 'active';
  if (!states.includes(state)) throw invalidValue(state, 'state', states);
  const ids = listOf(call, 'id');
  if (ids.size > idsMax) throw badRequest(`Only ${idsMax} users can be requested at a time.`);
  const users = usersOf(core).filter((user) => state === 'any' || user.state === state);
  return asked(call, users).map((user) => expanded(user, expand));
}

function single(core: Core, call: Call): JsonObject {
  const found = usersOf(core).find((user) => user.id === call.params.userId);
  if (found === undefined) throw notFound(`The user ${call.params.userId}`);
  return expanded(found, expandOf(call));
}

function me(core: Core, call: Call): JsonObject {
  if (call.userId === undefined) throw notAUser();
  return single(core, { ...call, params: { userId: call.userId } });
}

/** A deleted user does not vanish: it changes its state and is seen by those who ask for it. */
function usersOf(core: Core): readonly JsonObject[] {
  const users = visible(core, core.world.directory.users);
  if (!core.faults.anyOn(['deletedEntities'])) return users;
  return users.map((user) =>
    core.faults.strikes('deletedEntities', String(user.id)) === undefined ? user : { ...user, state: 'deleted' },
  );
}

function expandOf(call: Call): ReadonlySet<string> {
  return listOf(call, 'expand');
}

function expanded(user: JsonObject, expand: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([name]) => !expansions.includes(name) || expand.has(name)));
}
