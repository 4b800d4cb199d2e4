/** Permissions of each relation of the directory. */
import { ApiError } from '../../lib/errors.js';
import type { DataAccess, Granted, Probe } from '../data-access-types.js';
import { entityKinds } from './entities.js';
import type { EntityKind } from './entity-kind.js';

interface Need {
  readonly permission: string | null;
  readonly lost: string;
  /** The client's name of a listing that works without the permission, and how much it shows. */
  readonly fallback?: { readonly operation: string; readonly shows: Granted };
}

const needs: Readonly<Record<string, Need>> = {
  divisions: { permission: null, lost: 'Names of divisions.' },
  queues: {
    permission: 'routing:queue:view',
    lost: 'Names and settings of queues, their members and codes: some causes of missing codes stay unexplained.',
  },
  users: { permission: null, lost: 'Names of agents.' },
  wrapup_codes: {
    permission: 'routing:wrapupCode:search',
    lost: 'Names of deleted wrap-up codes; those of all others need routing:wrapupCode:view.',
    fallback: { operation: 'routing wrapupcodes', shows: 'partly' },
  },
  skills: { permission: 'routing:skill:view', lost: 'Names of skills.' },
  languages: { permission: null, lost: 'Names of languages.' },
  presences: {
    permission: 'presence:presenceDefinition:view',
    lost: 'Names of presences, unless an older address of the API still serves.',
    fallback: { operation: 'presencedefinitions', shows: 'granted' },
  },
  teams: { permission: 'groups:team:view', lost: 'Names of teams.' },
  groups: { permission: null, lost: 'Names of groups.' },
  flows: { permission: 'architect:flow:view', lost: 'Names and types of flows.' },
  flow_outcome_definitions: { permission: 'architect:flowOutcome:view', lost: 'Names of flow outcomes.' },
  locations: { permission: null, lost: 'Names of locations.' },
  campaigns: { permission: 'outbound:campaign:view', lost: 'Names of campaigns.' },
  contact_lists: { permission: 'outbound:contactList:view', lost: 'Names of contact lists.' },
  evaluation_forms: { permission: 'quality:evaluationForm:view', lost: 'Names of evaluation forms.' },
  survey_forms: { permission: 'quality:surveyForm:view', lost: 'Names of survey forms.' },
};

/** Streams besides `directory` that depend on a relation. */
const dependents: Readonly<Record<string, readonly string[]>> = { queues: ['queue_directory'] };

/** One entry for each relation that the directory lists; throws for one that the table above lacks. */
export const directoryAccess: readonly DataAccess[] = entityKinds.map(accessOf);

function accessOf(kind: EntityKind): DataAccess {
  const need = needs[kind.relation];
  if (need === undefined) throw new Error(`The permission of ${kind.relation} is not known. Add it to the table.`);
  const others = dependents[kind.relation] ?? [];
  return {
    dataSets: [kind.relation, ...others],
    streams: ['directory', ...others],
    permission: need.permission,
    lost: need.lost,
    probe: firstPage(kind, need),
  };
}

/** Builds the probe: it requests the first page of the listing. */
function firstPage(kind: EntityKind, { fallback }: Need): Probe {
  return async (api, { call }): Promise<Granted> => {
    const pages = kind.list(api, call);
    try {
      const first = await pages.next();
      const isFallback = first.done !== true && first.value.operation === fallback?.operation;
      return isFallback && fallback !== undefined ? fallback.shows : 'granted';
    } catch (error) {
      // The fallback is called only if the permission is missing.
      if (error instanceof ApiError && error.facts.operation === fallback?.operation) return 'missing';
      throw error;
    } finally {
      await pages.return();
    }
  };
}
