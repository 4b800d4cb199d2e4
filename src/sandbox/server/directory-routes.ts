import type { Directory, JsonObject } from '../world.js';
import { json } from './answer.js';
import { badRequest, invalidValue, notFound } from './api-fault.js';
import type { Core } from './core.js';
import { byName, listingCursor, listingPage } from './listing.js';
import type { Call, Permissions, Route } from './router.js';
import { allOf, anyOf, noPermissions } from './router.js';
import { userRoutes } from './user-routes.js';

/** One listing: where it is, who may see it, how large its pages get. */
interface Listing {
  readonly path: string;
  readonly operation: string;
  readonly permissions: Permissions;
  readonly pageSizeMax: number;
  readonly style?: 'page' | 'cursor';
  /** Also serve `path/{id}`. */
  readonly single?: boolean;
  entities(directory: Directory, call: Call): readonly JsonObject[];
}

const listings: readonly Listing[] = [
  {
    path: 'routing/queues',
    operation: 'queues',
    permissions: anyOf('routing:queue:view'),
    pageSizeMax: 500,
    single: true,
    entities: (d) => d.queues,
  },
  {
    path: 'routing/queues/divisionviews/all',
    operation: 'queues division views',
    permissions: allOf('routing:queue:search'),
    pageSizeMax: 500,
    entities: (d) => d.queues.map(divisionView),
  },
  {
    path: 'routing/wrapupcodes',
    operation: 'wrapup codes',
    permissions: allOf('routing:wrapupCode:view'),
    pageSizeMax: 100,
    single: true,
    entities: (d) => d.wrapupCodes.filter(isPresent).map(withoutState),
  },
  {
    path: 'routing/wrapupcodes/divisionviews',
    operation: 'wrapup codes division views',
    permissions: allOf('routing:wrapupCode:search'),
    pageSizeMax: 100,
    entities: codesByState,
  },
  {
    path: 'authorization/divisions',
    operation: 'divisions',
    permissions: noPermissions,
    pageSizeMax: 100,
    single: true,
    entities: (d) => d.divisions,
  },
  {
    path: 'routing/skills',
    operation: 'skills',
    permissions: anyOf('routing:skill:view'),
    pageSizeMax: 500,
    single: true,
    entities: (d) => d.skills,
  },
  {
    path: 'routing/languages',
    operation: 'languages',
    permissions: noPermissions,
    pageSizeMax: 100,
    entities: (d) => d.languages,
  },
  {
    path: 'groups',
    operation: 'groups',
    permissions: noPermissions,
    pageSizeMax: 500,
    single: true,
    entities: (d) => d.groups,
  },
  {
    path: 'teams',
    operation: 'teams',
    permissions: anyOf('groups:team:view'),
    pageSizeMax: 100,
    style: 'cursor',
    single: true,
    entities: (d) => d.teams,
  },
  {
    path: 'flows',
    operation: 'flows',
    permissions: anyOf('architect:flow:view'),
    pageSizeMax: 500,
    single: true,
    entities: flows,
  },
  {
    path: 'flows/outcomes',
    operation: 'flow outcomes',
    permissions: allOf('architect:flowOutcome:view'),
    pageSizeMax: 100,
    entities: (d) => d.flowOutcomes,
  },
  {
    path: 'flows/milestones',
    operation: 'flow milestones',
    permissions: allOf('architect:flowMilestone:view'),
    pageSizeMax: 100,
    entities: () => [],
  },
  {
    path: 'routing/skillgroups',
    operation: 'skill groups',
    permissions: anyOf('routing:skillGroup:view'),
    pageSizeMax: 100,
    style: 'cursor',
    entities: () => [],
  },
  { path: 'stations', operation: 'stations', permissions: noPermissions, pageSizeMax: 100, entities: () => [] },
  {
    path: 'locations',
    operation: 'locations',
    permissions: noPermissions,
    pageSizeMax: 100,
    single: true,
    entities: (d) => d.locations,
  },
  {
    path: 'outbound/campaigns',
    operation: 'campaigns',
    permissions: anyOf('outbound:campaign:view'),
    pageSizeMax: 100,
    single: true,
    entities: (d) => d.campaigns,
  },
  {
    path: 'outbound/contactlists',
    operation: 'contact lists',
    permissions: anyOf('outbound:contactList:view'),
    pageSizeMax: 100,
    single: true,
    entities: (d) => d.contactLists,
  },
  {
    path: 'quality/forms/evaluations',
    operation: 'evaluation forms',
    permissions: anyOf('quality:evaluationForm:view'),
    pageSizeMax: 100,
    entities: (d) => d.evaluationForms,
  },
  {
    path: 'quality/publishedforms/evaluations',
    operation: 'published evaluation forms',
    permissions: anyOf('quality:evaluationForm:view'),
    pageSizeMax: 100,
    entities: (d) => d.evaluationForms.filter(isPublished),
  },
  {
    path: 'quality/forms/surveys',
    operation: 'survey forms',
    permissions: allOf('quality:surveyForm:view'),
    pageSizeMax: 100,
    entities: (d) => d.surveyForms,
  },
  {
    path: 'quality/publishedforms/surveys',
    operation: 'published survey forms',
    permissions: allOf('quality:surveyForm:view'),
    pageSizeMax: 100,
    entities: (d) => d.surveyForms.filter(isPublished),
  },
];

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
    handle: (call) => page(call, byName(call, entities(call)), listing.pageSizeMax),
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

/** Entities that the fault `deletedEntities` took away are missing, as those that were deleted in a real organisation. */
export function remaining(core: Core, entities: readonly JsonObject[]): readonly JsonObject[] {
  if (!core.faults.anyOn(['deletedEntities'])) return entities;
  return entities.filter((entity) => core.faults.strikes('deletedEntities', String(entity.id)) === undefined);
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
      const asked = call.query.get('deactivated') ?? 'false';
      const all = remaining(core, core.world.directory.presences);
      const entities =
        asked === 'any' ? all : all.filter((presence) => (presence.deactivated === true) === (asked === 'true'));
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
      handle: (call) => listingPage(call, membersOf(core.world.directory, existing(call), call), 100),
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

function codesOfQueue(core: Core, queueId: string): readonly JsonObject[] {
  const ids = new Set(core.world.directory.queueWrapupCodes.get(queueId) ?? []);
  return remaining(core, core.world.directory.wrapupCodes)
    .filter((code) => ids.has(String(code.id)) && isPresent(code))
    .map(withoutState);
}

function codesByState(directory: Directory, call: Call): readonly JsonObject[] {
  const states = ['Active', 'Deleted', 'ActiveAndDeleted'];
  const asked = call.query.get('includeState') ?? 'Active';
  if (!states.includes(asked)) throw invalidValue(asked, 'includeState', states);
  const kept = directory.wrapupCodes.filter(
    (code) => asked === 'ActiveAndDeleted' || isPresent(code) === (asked === 'Active'),
  );
  return kept.map(withoutState);
}

/** Deleted flows come only when asked for. */
function flows(directory: Directory, call: Call): readonly JsonObject[] {
  const types = call.query.getAll('type').flatMap((value) => value.split(','));
  const withDeleted = call.query.get('deleted') === 'true';
  if (!['true', 'false', null].includes(call.query.get('deleted'))) throw badRequest('deleted must be true or false.');
  return directory.flows.filter(
    (flow) =>
      (withDeleted || flow.deleted !== true) && (types.length === 0 || types.includes(String(flow.type).toLowerCase())),
  );
}

function isPresent(entity: JsonObject): boolean {
  return entity.state !== 'deleted';
}

function isPublished(form: JsonObject): boolean {
  return form.published !== false;
}

/** The state of a wrap-up code is the simulation's own note; the API has no such field. */
function withoutState(entity: JsonObject): JsonObject {
  const { state: _state, ...shown } = entity;
  return shown;
}

function divisionView(entity: JsonObject): JsonObject {
  return {
    id: entity.id ?? null,
    name: entity.name ?? null,
    division: entity.division ?? null,
    selfUri: entity.selfUri ?? null,
  };
}
