import type { Directory, Json, JsonObject } from '../../world.js';
import { iso } from '../instant.js';
import { hash32 } from '../random.js';
import { defaultCodeId } from './organization-parts.js';
import type { Agent, Code, Named, Organization, Queue } from './organization-types.js';
import { mediaDefaults } from './queue-catalog.js';

const firstDayMs = Date.UTC(2021, 2, 1, 9, 0, 0);
const spreadMs = 4 * 365 * 86_400_000;

/** A made-up but fixed instant in the organisation's first years. */
function someTime(seed: number, a: number, b: number): string {
  return iso(firstDayMs + (hash32(seed, a, b) % 100_000) * Math.floor(spreadMs / 100_000));
}

/** Everything the organisation consists of, in the shapes of the API's entity endpoints. */
export function createDirectory(organization: Organization, seed: number): Directory {
  const activeCodes = new Map(
    organization.queues.map((queue) => [queue.id, queue.codes.filter((code) => !code.deleted).map((code) => code.id)]),
  );
  return {
    organization: {
      id: organization.id,
      name: 'Meridian Example Services',
      defaultLanguage: 'en-US',
      defaultCountryCode: 'US',
      domain: 'meridian-example',
      version: 14,
      state: 'active',
      voicemailEnabled: true,
      productPlatform: 'PureCloud',
    },
    divisions: organization.divisions.map((division, no) => ({
      ...entity(division, '/api/v2/authorization/divisions'),
      description: no === 0 ? 'The home division' : '',
      homeDivision: no === 0,
    })),
    queues: organization.queues.map((queue) => queueJson(organization, queue, seed)),
    users: organization.agents.map((agent) => userJson(organization, agent)),
    wrapupCodes: organization.codes.map((code) => codeJson(organization, code, seed)),
    queueWrapupCodes: activeCodes,
    queueMembers: new Map(organization.queues.map((queue) => [queue.id, queue.agents.map(memberJson)])),
    skills: organization.skills.map((skill) => skillJson(skill, '/api/v2/routing/skills', seed)),
    languages: organization.languages.map((language) => skillJson(language, '/api/v2/routing/languages', seed)),
    presences: organization.presences.map((presence) => ({
      id: presence.id,
      name: presence.name,
      type: presence.builtIn ? 'System' : 'User',
      languageLabels: { en_US: presence.name },
      systemPresence: definitionName(presence.systemPresence),
      divisionId: '*',
      deactivated: false,
      selfUri: `/api/v2/presence/definitions/${presence.id}`,
    })),
    ...peopleJson(organization, seed),
    ...routingJson(organization, seed),
    ...outboundJson(organization, seed),
    ...qualityJson(organization, seed),
  };
}

/** Definitions write `OnQueue` what users' records write `ON_QUEUE`. */
function definitionName(systemPresence: string): string {
  const title = (word: string) => word.charAt(0) + word.slice(1).toLowerCase();
  return systemPresence.split('_').map(title).join('');
}

function entity(named: Named, path: string): { id: string; name: string; selfUri: string } {
  return { id: named.id, name: named.name, selfUri: `${path}/${named.id}` };
}

function divisionJson(organization: Organization, divisionId: string): JsonObject {
  const division = organization.divisions.find((candidate) => candidate.id === divisionId);
  return division === undefined ? { id: divisionId } : entity(division, '/api/v2/authorization/divisions');
}

function queueJson(organization: Organization, queue: Queue, seed: number): JsonObject {
  const { template } = queue;
  const acwSettings: JsonObject = { wrapupPrompt: template.prompt };
  if (template.timeoutMs !== undefined) acwSettings.timeoutMs = template.timeoutMs;
  return {
    ...entity(queue, '/api/v2/routing/queues'),
    division: divisionJson(organization, queue.divisionId),
    dateCreated: someTime(seed, 1, queue.no),
    dateModified: someTime(seed, 2, queue.no),
    modifiedBy: (organization.agents[0] as Agent).id,
    createdBy: (organization.agents[0] as Agent).id,
    memberCount: queue.agents.length,
    userMemberCount: queue.agents.length,
    joinedMemberCount: queue.agents.length,
    mediaSettings: mediaSettingsJson(),
    routingRules: [],
    acwSettings,
    skillEvaluationMethod: 'BEST',
    scoringMethod: 'TimestampAndPriority',
    autoAnswerOnly: true,
    enableTranscription: false,
    enableManualAssignment: template.media.includes('email'),
    callingPartyName: queue.name,
    defaultScripts: {},
    suppressInQueueCallRecording: true,
  };
}

/** Every queue has settings for every medium, served or not, as in the real system. */
function mediaSettingsJson(): JsonObject {
  const settings: JsonObject = {};
  for (const { key, alertSeconds, targetMs, share } of Object.values(mediaDefaults)) {
    settings[key] = {
      enableAutoAnswer: false,
      alertingTimeoutSeconds: alertSeconds,
      serviceLevel: { percentage: share, durationMs: targetMs },
    };
  }
  return settings;
}

function userJson(organization: Organization, agent: Agent): JsonObject {
  const rated = (named: Named, path: string, state: string): JsonObject => ({
    ...entity(named, path),
    proficiency: 3 + (agent.no % 3),
    state,
  });
  return {
    ...entity(agent, '/api/v2/users'),
    division: divisionJson(organization, agent.divisionId),
    chat: { jabberId: `${agent.id.replaceAll('-', '')}@meridian-example.orgspan.com` },
    department: agent.team.name,
    email: agent.email,
    primaryContactInfo: [{ address: agent.email, mediaType: 'EMAIL', type: 'PRIMARY' }],
    addresses: [],
    state: agent.state,
    title: agent.no % 12 === 0 ? 'Team lead' : 'Agent',
    username: agent.email,
    version: versionOf(agent),
    acdAutoAnswer: false,
    team: { id: agent.team.id, name: agent.team.name },
    skills: agent.skills.map((skill) => rated(skill, '/api/v2/routing/skills', 'active')),
    languages: agent.languages.map((language) => rated(language, '/api/v2/routing/languages', 'active')),
    locations: locationsJson(organization, agent),
  };
}

/** Most people are placed at one site; some work from home and have none. */
function locationsJson(organization: Organization, agent: Agent): JsonObject[] {
  const location = organization.locations[agent.no % organization.locations.length];
  if (location === undefined || agent.no % 5 === 4) return [];
  return [{ id: location.id, locationDefinition: entity(location, '/api/v2/locations') }];
}

function versionOf(agent: Agent): number {
  return 3 + (agent.no % 20);
}

function memberJson(agent: Agent): JsonObject {
  return {
    id: agent.id,
    name: agent.name,
    user: { ...entity(agent, '/api/v2/users'), email: agent.email, state: agent.state, version: versionOf(agent) },
    ringNumber: 1,
    joined: agent.no % 17 !== 0,
    memberBy: 'user',
    selfUri: `/api/v2/users/${agent.id}`,
  };
}

/** The default code has no author, and some codes were never modified: then the key is absent. */
function codeJson(organization: Organization, code: Code, seed: number): JsonObject {
  const json: JsonObject = {
    ...entity(code, '/api/v2/routing/wrapupcodes'),
    division: divisionJson(organization, code.divisionId),
    dateCreated: someTime(seed, 3, code.no),
  };
  if (code.no % 4 !== 1) json.dateModified = someTime(seed, 4, code.no);
  if (code.id !== defaultCodeId) {
    json.createdBy = (organization.agents[0] as Agent).id;
    if (json.dateModified !== undefined) json.modifiedBy = (organization.agents[1] as Agent).id;
  }
  if (code.no % 5 === 2) json.description = `Use for: ${code.name}`;
  if (code.deleted) json.state = 'deleted';
  return json;
}

function skillJson(skill: Named, path: string, seed: number): JsonObject {
  return {
    ...entity(skill, path),
    dateModified: someTime(seed, 5, skill.name.length),
    state: 'active',
    version: '1',
  };
}

function peopleJson(organization: Organization, seed: number): Pick<Directory, 'teams' | 'groups' | 'locations'> {
  const members = (team: Named) => organization.agents.filter((agent) => agent.team === team).length;
  return {
    teams: organization.teams.map((team, no) => ({
      ...entity(team, '/api/v2/teams'),
      division: divisionJson(organization, (organization.divisions[no % organization.divisions.length] as Named).id),
      description: '',
      dateCreated: someTime(seed, 6, no),
      dateModified: someTime(seed, 7, no),
      memberCount: members(team),
    })),
    groups: organization.groups.map((group, no) => ({
      ...entity(group, '/api/v2/groups'),
      dateModified: someTime(seed, 8, no),
      memberCount: 3 + no,
      state: 'active',
      version: 2,
      type: 'official',
      rulesVisible: true,
      visibility: 'public',
    })),
    locations: organization.locations.map((location) => ({
      ...entity(location, '/api/v2/locations'),
      state: 'active',
      version: 1,
    })),
  };
}

function routingJson(organization: Organization, seed: number): Pick<Directory, 'flows' | 'flowOutcomes'> {
  const division = divisionJson(organization, (organization.divisions[0] as Named).id);
  return {
    flows: organization.flows.map((flow, no) => ({
      ...entity(flow, '/api/v2/flows'),
      division,
      type: flow.type,
      active: true,
      system: false,
      deleted: false,
      publishedVersion: { id: flow.version, name: flow.version, datePublished: someTime(seed, 9, no) },
      virtualAgentEnabled: false,
    })),
    flowOutcomes: organization.outcomes.map((outcome) => ({
      ...entity(outcome, '/api/v2/flows/outcomes'),
      division,
      description: '',
    })),
  };
}

function outboundJson(organization: Organization, seed: number): Pick<Directory, 'campaigns' | 'contactLists'> {
  const columns: Json[] = ['id', 'name', 'phone', 'zip'];
  return {
    campaigns: organization.campaigns.map((campaign, no) => ({
      ...entity(campaign, '/api/v2/outbound/campaigns'),
      dateCreated: someTime(seed, 10, no),
      dateModified: someTime(seed, 11, no),
      version: 5,
      contactList: entity(campaign.contactList, '/api/v2/outbound/contactlists'),
      queue: entity(campaign.queue, '/api/v2/routing/queues'),
      dialingMode: campaign.dialingMode,
      campaignStatus: 'on',
      phoneColumns: [{ columnName: 'phone', type: 'home' }],
      callerName: 'Meridian Example Services',
      callerAddress: '+15555550100',
      division: divisionJson(organization, campaign.queue.divisionId),
    })),
    contactLists: organization.campaigns.map((campaign, no) => ({
      ...entity(campaign.contactList, '/api/v2/outbound/contactlists'),
      dateCreated: someTime(seed, 12, no),
      version: 2,
      division: divisionJson(organization, campaign.queue.divisionId),
      columnNames: columns,
      phoneColumns: [{ columnName: 'phone', type: 'home' }],
      size: 5_000 + no * 250,
    })),
  };
}

function qualityJson(organization: Organization, seed: number): Pick<Directory, 'evaluationForms' | 'surveyForms'> {
  return {
    evaluationForms: organization.evaluationForms.map((form, no) => ({
      ...entity(form, '/api/v2/quality/forms/evaluations'),
      modifiedDate: someTime(seed, 13, no),
      published: true,
      contextId: form.contextId,
      questionGroups: [],
    })),
    surveyForms: organization.surveyForms.map((form, no) => ({
      ...entity(form, '/api/v2/quality/forms/surveys'),
      modifiedDate: someTime(seed, 14, no),
      published: true,
      disabled: false,
      contextId: form.contextId,
      language: 'en-US',
    })),
  };
}
