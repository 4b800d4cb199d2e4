import type { Directory, JsonObject } from '../../world.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import type { Call, Permissions } from '../http/router.js';
import { allOf, anyOf, noPermissions } from '../http/router.js';

/** One listing: where it is, who may see it, how large its pages get. */
export interface Listing {
  readonly path: string;
  readonly operation: string;
  readonly permissions: Permissions;
  readonly pageSizeMax: number;
  readonly style?: 'page' | 'cursor';
  /** Also serve `path/{id}`. */
  readonly single?: boolean;
  entities(directory: Directory, call: Call): readonly JsonObject[];
}

export const listings: readonly Listing[] = [
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

export function isPresent(entity: JsonObject): boolean {
  return entity.state !== 'deleted';
}

function isPublished(form: JsonObject): boolean {
  return form.published !== false;
}

/** The state of a wrap-up code is the simulation's own note; the API has no such field. */
export function withoutState(entity: JsonObject): JsonObject {
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
