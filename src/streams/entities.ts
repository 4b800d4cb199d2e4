import type { CallOptions, EntityPages, GenesysApi, JsonObject } from '../genesys/api.js';
import type { EntityColumn, EntityShape } from './entity-rows.js';

/** A directory relation: where it is listed and which of an entity's members are columns. */
export interface EntityKind extends EntityShape {
  readonly relation: string;
  /** A change in one of these is history that old numbers are read with. */
  readonly historyColumns: readonly string[];
  /** The client's name of the listing that shows deleted entities only, where there is one. */
  readonly deletedOperation?: string;
  /** Where a listing shows deleted entities among the others. */
  readonly isDeleted?: (entity: JsonObject) => boolean;
  readonly prepare?: (entity: JsonObject) => JsonObject;
  readonly list: (api: GenesysApi, call: CallOptions) => EntityPages;
}

const uuid = (path: string): EntityColumn => ({ path, type: 'uuid' });
const text = (path: string): EntityColumn => ({ path, type: 'text' });
const time = (path: string): EntityColumn => ({ path, type: 'time' });
const bigint = (path: string): EntityColumn => ({ path, type: 'bigint' });
const flag = (path: string): EntityColumn => ({ path, type: 'boolean' });
const json = (path: string): EntityColumn => ({ path, type: 'json' });

const ignored = ['selfUri'];

export const entityKinds: readonly EntityKind[] = [
  {
    relation: 'divisions',
    idColumns: ['division_id'],
    columns: {
      division_id: text('id'),
      name: text('name'),
      description: text('description'),
      is_home_division: flag('homeDivision'),
    },
    historyColumns: ['name'],
    ignored,
    list: (api, call) => api.listDivisions(call),
  },
  {
    relation: 'queues',
    idColumns: ['queue_id'],
    columns: {
      queue_id: uuid('id'),
      date_created: time('dateCreated'),
      date_modified: time('dateModified'),
      member_count: bigint('memberCount'),
      acw_timeout_ms: bigint('acwSettings.timeoutMs'),
      division_id: text('division.id'),
      name: text('name'),
      description: text('description'),
      acw_wrapup_prompt: text('acwSettings.wrapupPrompt'),
      scoring_method: text('scoringMethod'),
      skill_evaluation_method: text('skillEvaluationMethod'),
      media_settings: json('mediaSettings'),
    },
    historyColumns: ['name', 'division_id', 'acw_wrapup_prompt', 'acw_timeout_ms'],
    ignored,
    list: (api, call) => api.listQueues(call),
  },
  {
    relation: 'users',
    idColumns: ['user_id'],
    columns: {
      user_id: uuid('id'),
      team_id: uuid('team.id'),
      manager_id: uuid('manager.id'),
      division_id: text('division.id'),
      name: text('name'),
      email: text('email'),
      username: text('username'),
      state: text('state'),
      title: text('title'),
      department: text('department'),
    },
    historyColumns: ['name', 'division_id', 'team_id', 'state'],
    ignored,
    list: (api, call) => api.listUsers(call),
  },
  {
    relation: 'wrapup_codes',
    idColumns: ['wrapup_code'],
    columns: {
      wrapup_code: text('id'),
      date_created: time('dateCreated'),
      date_modified: time('dateModified'),
      division_id: text('division.id'),
      name: text('name'),
      description: text('description'),
    },
    historyColumns: ['name', 'division_id'],
    ignored,
    deletedOperation: 'routing wrapupcodes deleted',
    list: (api, call) => api.listWrapupCodes(call),
  },
  {
    relation: 'skills',
    idColumns: ['skill_id'],
    columns: {
      skill_id: uuid('id'),
      date_modified: time('dateModified'),
      name: text('name'),
      state: text('state'),
    },
    historyColumns: ['name', 'state'],
    ignored,
    list: (api, call) => api.listSkills(call),
  },
  {
    relation: 'languages',
    idColumns: ['language_id'],
    columns: {
      language_id: uuid('id'),
      date_modified: time('dateModified'),
      name: text('name'),
      state: text('state'),
    },
    historyColumns: ['name', 'state'],
    ignored,
    list: (api, call) => api.listLanguages(call),
  },
  {
    relation: 'presences',
    idColumns: ['presence_id'],
    columns: {
      presence_id: uuid('id'),
      division_id: text('divisionId'),
      is_deactivated: flag('deactivated'),
      name: text('name'),
      type: text('type'),
      system_presence: text('systemPresence'),
      language_labels: json('languageLabels'),
    },
    historyColumns: ['name', 'system_presence', 'is_deactivated'],
    ignored,
    prepare: withLabelAsName,
    list: (api, call) => api.listPresences(call),
  },
  {
    relation: 'teams',
    idColumns: ['team_id'],
    columns: {
      team_id: uuid('id'),
      division_id: text('division.id'),
      date_created: time('dateCreated'),
      date_modified: time('dateModified'),
      member_count: bigint('memberCount'),
      name: text('name'),
      description: text('description'),
    },
    historyColumns: ['name', 'division_id'],
    ignored,
    list: (api, call) => api.listTeams(call),
  },
  {
    relation: 'groups',
    idColumns: ['group_id'],
    columns: {
      group_id: uuid('id'),
      date_modified: time('dateModified'),
      member_count: bigint('memberCount'),
      name: text('name'),
      description: text('description'),
      state: text('state'),
      type: text('type'),
      visibility: text('visibility'),
    },
    historyColumns: ['name', 'state'],
    ignored,
    list: (api, call) => api.listGroups(call),
  },
  {
    relation: 'flows',
    idColumns: ['flow_id'],
    columns: {
      flow_id: uuid('id'),
      division_id: text('division.id'),
      is_active: flag('active'),
      is_system: flag('system'),
      name: text('name'),
      description: text('description'),
      type: text('type'),
      published_version: text('publishedVersion.id'),
    },
    historyColumns: ['name', 'division_id', 'type'],
    ignored: ['selfUri', 'deleted'],
    isDeleted: (flow) => flow.deleted === true,
    list: (api, call) => api.listFlows(call),
  },
  {
    relation: 'flow_outcome_definitions',
    idColumns: ['flow_outcome_id'],
    columns: {
      flow_outcome_id: uuid('id'),
      division_id: text('division.id'),
      name: text('name'),
      description: text('description'),
    },
    historyColumns: ['name', 'division_id'],
    ignored,
    list: (api, call) => api.listFlowOutcomes(call),
  },
  {
    relation: 'locations',
    idColumns: ['location_id'],
    columns: {
      location_id: uuid('id'),
      name: text('name'),
      state: text('state'),
      address: json('address'),
    },
    historyColumns: ['name', 'state'],
    ignored,
    list: (api, call) => api.listLocations(call),
  },
  {
    relation: 'campaigns',
    idColumns: ['campaign_id'],
    columns: {
      campaign_id: uuid('id'),
      contact_list_id: uuid('contactList.id'),
      queue_id: uuid('queue.id'),
      division_id: text('division.id'),
      date_created: time('dateCreated'),
      date_modified: time('dateModified'),
      name: text('name'),
      dialing_mode: text('dialingMode'),
      campaign_status: text('campaignStatus'),
    },
    historyColumns: ['name', 'division_id', 'queue_id', 'contact_list_id'],
    ignored,
    list: (api, call) => api.listCampaigns(call),
  },
  {
    relation: 'contact_lists',
    idColumns: ['contact_list_id'],
    columns: {
      contact_list_id: uuid('id'),
      division_id: text('division.id'),
      date_created: time('dateCreated'),
      date_modified: time('dateModified'),
      size: bigint('size'),
      name: text('name'),
    },
    historyColumns: ['name', 'division_id'],
    ignored,
    list: (api, call) => api.listContactLists(call),
  },
  {
    relation: 'evaluation_forms',
    idColumns: ['evaluation_form_id'],
    columns: {
      evaluation_form_id: uuid('id'),
      context_id: uuid('contextId'),
      modified_date: time('modifiedDate'),
      is_published: flag('published'),
      name: text('name'),
    },
    historyColumns: ['name', 'is_published'],
    ignored,
    list: (api, call) => api.listEvaluationForms(call),
  },
  {
    relation: 'survey_forms',
    idColumns: ['survey_form_id'],
    columns: {
      survey_form_id: uuid('id'),
      context_id: uuid('contextId'),
      modified_date: time('modifiedDate'),
      is_published: flag('published'),
      is_disabled: flag('disabled'),
      name: text('name'),
      language: text('language'),
    },
    historyColumns: ['name', 'is_published', 'is_disabled'],
    ignored,
    list: (api, call) => api.listSurveyForms(call),
  },
];

/** What a queue has, listed queue by queue. The first id column is the queue's, which the listing itself does not show. */
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
  // The user stands in its own relation, and its routing status at the moment of listing is no part of a membership.
  ignored: ['selfUri', 'name', 'user', 'routingStatus'],
};

export const queueWrapupCodes: Omit<EntityKind, 'list'> = {
  relation: 'queue_wrapup_codes',
  idColumns: ['queue_id', 'wrapup_code'],
  columns: { queue_id: uuid('queueId'), wrapup_code: text('id') },
  historyColumns: [],
  // The code stands in its own relation.
  ignored: ['selfUri', 'name', 'division', 'dateCreated', 'dateModified', 'createdBy', 'modifiedBy', 'description'],
};

/** Presence definitions of today have labels by language instead of a name. */
function withLabelAsName(presence: JsonObject): JsonObject {
  const labels = presence.languageLabels as Readonly<Record<string, unknown>> | undefined;
  if (typeof presence.name === 'string' || typeof labels !== 'object' || labels === null) return presence;
  const name = labels.en_US ?? labels.en ?? Object.values(labels)[0];
  return typeof name === 'string' ? { ...presence, name } : presence;
}
