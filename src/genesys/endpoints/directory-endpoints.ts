import { ApiError } from '../../lib/errors.js';
import type { LookAhead } from '../../lib/look-ahead.js';
import type { CallOptions, EntityPages, GenesysApi } from '../api.js';
import type { SdkApis } from '../http/sdk.js';
import type { Caller } from '../request/caller.js';
import { cursorPages, numberedPages, type PageRequest } from './pagination.js';

type Listings = Pick<GenesysApi, Extract<keyof GenesysApi, `list${string}`>>;
type ListCall = (apis: SdkApis, page: PageRequest) => Promise<unknown>;

interface Listing {
  readonly name: string;
  readonly call: ListCall;
  readonly isCursor?: boolean;
}

// The largest pages that are known to be honoured; users have smaller ones because of their
// expanded members.
const large = { pageSize: 500 };
const medium = { pageSize: 100 };
const userExpansions = ['team', 'skills', 'languages', 'groups', 'locations'];

/** Holds the parts of a client that listings need. */
export interface ListingConnection {
  readonly caller: Caller;
  readonly lookAhead?: LookAhead | undefined;
}

/** Creates the GET listings of the directory; each can be read again from the first page at any time. */
export function createListings(connection: ListingConnection): Listings {
  const list = (listing: Listing) => (call?: CallOptions) => pages(connection, listing, call);
  return {
    listQueues: list({
      name: 'routing queues',
      call: (apis, { pageNumber }) => apis.routing.getRoutingQueues({ ...large, pageNumber }),
    }),
    listUsers: list({
      name: 'users',
      call: (apis, { pageNumber }) =>
        apis.users.getUsers({ ...medium, pageNumber, state: 'any', expand: userExpansions }),
    }),
    listWrapupCodes: (call) => wrapupCodePages(connection, call),
    listDivisions: list({
      name: 'authorization divisions',
      call: (apis, { pageNumber }) => apis.authorization.getAuthorizationDivisions({ ...medium, pageNumber }),
    }),
    listSkills: list({
      name: 'routing skills',
      call: (apis, { pageNumber }) => apis.routing.getRoutingSkills({ ...large, pageNumber }),
    }),
    listLanguages: list({
      name: 'routing languages',
      call: (apis, { pageNumber }) => apis.routing.getRoutingLanguages({ ...medium, pageNumber }),
    }),
    listGroups: list({
      name: 'groups',
      call: (apis, { pageNumber }) => apis.groups.getGroups({ ...large, pageNumber }),
    }),
    listTeams: list({
      name: 'teams',
      isCursor: true,
      call: (apis, { after }) => apis.teams.getTeams({ ...medium, ...(after !== undefined && { after }) }),
    }),
    listFlows: list({
      name: 'flows',
      call: (apis, { pageNumber }) => apis.architect.getFlows({ ...large, pageNumber, deleted: true }),
    }),
    listFlowOutcomes: list({
      name: 'flows outcomes',
      call: (apis, { pageNumber }) => apis.architect.getFlowsOutcomes({ ...medium, pageNumber }),
    }),
    listPresences: (call) => presencePages(connection, call),
    listLocations: list({
      name: 'locations',
      call: (apis, { pageNumber }) => apis.locations.getLocations({ ...medium, pageNumber }),
    }),
    listCampaigns: list({
      name: 'outbound campaigns',
      call: (apis, { pageNumber }) => apis.outbound.getOutboundCampaigns({ ...medium, pageNumber }),
    }),
    listContactLists: list({
      name: 'outbound contactlists',
      call: (apis, { pageNumber }) => apis.outbound.getOutboundContactlists({ ...medium, pageNumber }),
    }),
    listEvaluationForms: list({
      name: 'quality forms evaluations',
      call: (apis, { pageNumber }) => apis.quality.getQualityFormsEvaluations({ ...medium, pageNumber }),
    }),
    listSurveyForms: list({
      name: 'quality forms surveys',
      call: (apis, { pageNumber }) => apis.quality.getQualityFormsSurveys({ ...medium, pageNumber }),
    }),
    listQueueMembers: (queueId, call) => pages(connection, queueMembers(queueId), call),
    listQueueWrapupCodes: (queueId, call) => pages(connection, queueWrapupCodes(queueId), call),
  };
}

function pages({ caller, lookAhead }: ListingConnection, listing: Listing, call?: CallOptions): EntityPages {
  const operation = { name: listing.name, kind: 'listing' } as const;
  const fetchPage = (page: PageRequest, signal = call?.signal) =>
    caller.call(operation, (apis) => listing.call(apis, page), { ...call, ...(signal && { signal }) });
  if (listing.isCursor) return cursorPages(listing.name, fetchPage);
  return numberedPages(listing.name, fetchPage, { lookAhead, signal: call?.signal });
}

function queueMembers(queueId: string): Listing {
  return {
    name: 'routing queue members',
    call: (apis, { pageNumber }) => apis.routing.getRoutingQueueMembers(queueId, { ...medium, pageNumber }),
  };
}

function queueWrapupCodes(queueId: string): Listing {
  return {
    name: 'routing queue wrapupcodes',
    call: (apis, { pageNumber }) => apis.routing.getRoutingQueueWrapupcodes(queueId, { ...medium, pageNumber }),
  };
}

const wrapupCodesByState = (state: 'Active' | 'Deleted'): Listing => ({
  name: state === 'Active' ? 'routing wrapupcodes divisionviews' : 'routing wrapupcodes deleted',
  call: (apis, { pageNumber }) =>
    apis.routing.getRoutingWrapupcodesDivisionviews({ ...medium, pageNumber, includeState: state }),
});

const wrapupCodesActive: Listing = {
  name: 'routing wrapupcodes',
  call: (apis, { pageNumber }) => apis.routing.getRoutingWrapupcodes({ ...medium, pageNumber }),
};

/** Lists active and deleted codes separately: in one listing they could not be distinguished, since the response does not mark them. */
function wrapupCodePages(connection: ListingConnection, call?: CallOptions): EntityPages {
  const eachState = async function* (): EntityPages {
    for (const state of ['Active', 'Deleted'] as const) yield* pages(connection, wrapupCodesByState(state), call);
  };
  return firstPermitted(eachState(), () => pages(connection, wrapupCodesActive, call));
}

// A response contains either active or deactivated definitions; old status records refer to both.
function presenceDefinitions(deactivated: 'FALSE' | 'TRUE'): Listing {
  return {
    name: 'presence definitions',
    call: (apis) => apis.presence.getPresenceDefinitions0({ deactivated }),
  };
}

// The older endpoint needs no permission.
const presencesOld: Listing = {
  name: 'presencedefinitions',
  call: (apis, { pageNumber }) => apis.presence.getPresencedefinitions({ ...medium, pageNumber, deleted: 'ALL' }),
};

function presencePages(connection: ListingConnection, call?: CallOptions): EntityPages {
  const current = async function* (): EntityPages {
    yield* pages(connection, presenceDefinitions('FALSE'), call);
    yield* pages(connection, presenceDefinitions('TRUE'), call);
  };
  return firstPermitted(current(), () => pages(connection, presencesOld, call));
}

/** Yields `preferred`, or `fallback` if the permission for its first page is missing. */
async function* firstPermitted(preferred: EntityPages, fallback: () => EntityPages): EntityPages {
  let first: Awaited<ReturnType<EntityPages['next']>>;
  try {
    first = await preferred.next();
  } catch (error) {
    if (!(error instanceof ApiError) || error.facts.action !== 'unavailable') throw error;
    yield* fallback();
    return;
  }
  if (first.done) return;
  yield first.value;
  yield* preferred;
}
