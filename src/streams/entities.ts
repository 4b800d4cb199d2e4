import type { CallOptions, EntityPages, GenesysApi } from '../genesys/api.js';

/** A directory relation: where it is listed and which of an entity's members are columns. */
export interface EntityKind {
  readonly relation: string;
  readonly idColumn: string;
  /** Column → path in the entity. */
  readonly columns: Readonly<Record<string, string>>;
  /** A change in one of these is history that old numbers are read with. */
  readonly historyColumns: readonly string[];
  /** Members that say nothing about the entity itself. */
  readonly ignored: readonly string[];
  /** The client's name of the listing that shows deleted entities only, where there is one. */
  readonly deletedOperation?: string;
  readonly list: (api: GenesysApi, call: CallOptions) => EntityPages;
}

const ignored = ['selfUri'];

export const entityKinds: readonly EntityKind[] = [
  {
    relation: 'divisions',
    idColumn: 'division_id',
    columns: { division_id: 'id', name: 'name', description: 'description', is_home_division: 'homeDivision' },
    historyColumns: ['name'],
    ignored,
    list: (api, call) => api.listDivisions(call),
  },
  {
    relation: 'queues',
    idColumn: 'queue_id',
    columns: {
      queue_id: 'id',
      date_created: 'dateCreated',
      date_modified: 'dateModified',
      member_count: 'memberCount',
      acw_timeout_ms: 'acwSettings.timeoutMs',
      division_id: 'division.id',
      name: 'name',
      description: 'description',
      acw_wrapup_prompt: 'acwSettings.wrapupPrompt',
      scoring_method: 'scoringMethod',
      skill_evaluation_method: 'skillEvaluationMethod',
      media_settings: 'mediaSettings',
    },
    historyColumns: ['name', 'division_id', 'acw_wrapup_prompt', 'acw_timeout_ms'],
    ignored,
    list: (api, call) => api.listQueues(call),
  },
  {
    relation: 'users',
    idColumn: 'user_id',
    columns: {
      user_id: 'id',
      team_id: 'team.id',
      manager_id: 'manager.id',
      division_id: 'division.id',
      name: 'name',
      email: 'email',
      username: 'username',
      state: 'state',
      title: 'title',
      department: 'department',
    },
    historyColumns: ['name', 'division_id', 'team_id', 'state'],
    ignored,
    list: (api, call) => api.listUsers(call),
  },
  {
    relation: 'wrapup_codes',
    idColumn: 'wrapup_code',
    columns: {
      wrapup_code: 'id',
      date_created: 'dateCreated',
      date_modified: 'dateModified',
      division_id: 'division.id',
      name: 'name',
      description: 'description',
    },
    historyColumns: ['name', 'division_id'],
    ignored,
    deletedOperation: 'routing wrapupcodes deleted',
    list: (api, call) => api.listWrapupCodes(call),
  },
];
