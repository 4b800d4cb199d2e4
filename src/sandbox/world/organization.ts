import type { WorldOptions } from '../world.js';
import type { MediaType } from './events.js';
import { uuidFrom } from './ids.js';
import { paceFor, queueLoads } from './load.js';
import {
  deletedCodeNames,
  divisionNames,
  familyNames,
  givenNames,
  languageNames,
  locationNames,
  outcomeNames,
  queueCodeNames,
  sharedCodeNames,
  skillNames,
  teamNames,
} from './names.js';
import { mediaDefaults, type QueueTemplate, queueCatalog } from './queue-catalog.js';
import { Random } from './random.js';

/** Namespaces that keep ids of different things apart. */
const ns = {
  division: 1,
  queue: 2,
  user: 3,
  code: 4,
  skill: 5,
  language: 6,
  presence: 7,
  team: 8,
  group: 9,
  flow: 10,
  outcome: 11,
  location: 12,
  campaign: 13,
  contactList: 14,
  form: 15,
  organization: 16,
} as const;

export interface Named {
  readonly id: string;
  readonly name: string;
}
export interface Code extends Named {
  readonly no: number;
  /** `*` stands for all divisions. */
  readonly divisionId: string;
  readonly deleted: boolean;
}
export interface Agent extends Named {
  readonly no: number;
  readonly email: string;
  readonly state: 'active' | 'inactive' | 'deleted';
  readonly divisionId: string;
  readonly team: Named;
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly queueNos: readonly number[];
  /** Multiplies the queue's handle times: nobody works at the same pace. */
  readonly pace: number;
}
export interface Queue extends Named {
  readonly no: number;
  readonly template: QueueTemplate;
  readonly divisionId: string;
  readonly codes: readonly Code[];
  readonly skill: Named;
  /** Agents who may get its conversations. Never empty. */
  readonly agents: readonly Agent[];
  readonly flow: Flow;
}
export interface Flow extends Named {
  readonly type: string;
  readonly version: string;
}
export interface Campaign extends Named {
  readonly queue: Queue;
  readonly contactList: Named;
  readonly dialingMode: 'preview' | 'power';
}
export interface Form extends Named {
  readonly contextId: string;
}
export interface Presence extends Named {
  readonly systemPresence: string;
  readonly builtIn: boolean;
}

export interface Organization {
  readonly id: string;
  /** Multiplies all handle times, so that the staff that was asked for can carry the traffic that was asked for. */
  readonly pace: number;
  readonly divisions: readonly Named[];
  readonly queues: readonly Queue[];
  /** Those that customers come to by a medium; campaigns' queues are not among them. */
  readonly inboundQueues: Readonly<Record<MediaType, readonly Queue[]>>;
  readonly agents: readonly Agent[];
  readonly codes: readonly Code[];
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly presences: readonly Presence[];
  readonly teams: readonly Named[];
  readonly groups: readonly Named[];
  readonly flows: readonly Flow[];
  readonly outcomes: readonly Named[];
  readonly locations: readonly Named[];
  readonly campaigns: readonly Campaign[];
  readonly evaluationForms: readonly Form[];
  readonly surveyForms: readonly Form[];
}

/** The code Genesys gives every organisation; a version-1 UUID, unlike all the others. */
export const defaultCodeId = '7fb334b0-0e9e-11e4-9191-0800200c9a66';

/** Below this many agents a queue keeps its members; above, agents are spread over one to three queues. */
const smallOrganizationAgents = 12;

export function createOrganization(options: WorldOptions): Organization {
  const { seed } = options;
  const named = (space: number, names: readonly string[]): Named[] =>
    names.map((name, no) => ({ id: uuidFrom(seed, space, no), name }));
  const divisions = named(
    ns.division,
    divisionNames.slice(0, Math.max(2, Math.min(5, 2 + Math.floor(options.agents / 30)))),
  );
  const skills = named(ns.skill, skillNames);
  const languages = named(ns.language, languageNames);
  const teams = named(ns.team, teamNames.slice(0, Math.max(2, Math.min(8, Math.ceil(options.agents / 15)))));
  const codes = createCodes(seed, divisions);
  const flows = createFlows(seed);
  const drafts = createQueueDrafts(options, divisions, codes, skills, flows);
  const agents = createAgents(options, { divisions, skills, languages, teams, drafts });
  const queues = drafts.map((draft) => ({
    ...draft,
    agents: agents.filter((agent) => agent.state === 'active' && agent.queueNos.includes(draft.no)),
  }));
  return {
    id: uuidFrom(seed, ns.organization, 0),
    pace: paceFor(
      options.agents,
      options.conversationsPerDay,
      drafts.map((draft) => draft.template),
    ),
    divisions,
    queues,
    inboundQueues: {
      voice: queuesFor(queues, 'voice'),
      callback: queuesFor(queues, 'callback'),
      chat: queuesFor(queues, 'chat'),
      email: queuesFor(queues, 'email'),
      message: queuesFor(queues, 'message'),
      cobrowse: queuesFor(queues, 'cobrowse'),
    },
    agents,
    codes,
    skills,
    languages,
    presences: createPresences(seed),
    teams,
    groups: named(ns.group, ['Supervisors', 'Quality', 'On-call rota']),
    flows,
    outcomes: named(ns.outcome, outcomeNames),
    locations: named(ns.location, locationNames),
    campaigns: createCampaigns(seed, queues),
    evaluationForms: createForms(seed, 0, ['Call quality', 'Written service']),
    surveyForms: createForms(seed, 10, ['Satisfaction after contact', 'Recommendation']),
  };
}

function createCodes(seed: number, divisions: readonly Named[]): Code[] {
  const home = divisions[0] as Named;
  const codes: Code[] = [
    { no: 0, id: defaultCodeId, name: 'Default Wrap-up Code', divisionId: home.id, deleted: false },
  ];
  const add = (name: string, divisionId: string, deleted: boolean) => {
    codes.push({ no: codes.length, id: uuidFrom(seed, ns.code, codes.length), name, divisionId, deleted });
  };
  sharedCodeNames.forEach((name, no) => {
    add(name, no === 0 ? '*' : home.id, false);
  });
  queueCodeNames.forEach((name, no) => {
    add(name, (divisions[no % divisions.length] as Named).id, false);
  });
  for (const name of deletedCodeNames) add(name, home.id, true);
  return codes;
}

function createFlows(seed: number): Flow[] {
  const list: [string, string, string][] = [
    ['Main line', 'INBOUNDCALL', '12.0'],
    ['Night announcement', 'INBOUNDCALL', '3.0'],
    ['Order status bot', 'BOT', '169.0'],
    ['Message front door', 'INBOUNDSHORTMESSAGE', '27.0'],
    ['Digital assistant', 'DIGITALBOT', '41.0'],
    ['E-mail triage', 'INBOUNDEMAIL', '8.0'],
    ['Chat front door', 'INBOUNDCHAT', '5.0'],
    ['Queue music and position', 'INQUEUECALL', '6.0'],
    ['Campaign answer', 'OUTBOUNDCALL', '2.0'],
    ['Voice survey', 'VOICESURVEY', '4.0'],
  ];
  return list.map(([name, type, version], no) => ({ id: uuidFrom(seed, ns.flow, no), name, type, version }));
}

type QueueDraft = Omit<Queue, 'agents'>;

function createQueueDrafts(
  options: WorldOptions,
  divisions: readonly Named[],
  codes: readonly Code[],
  skills: readonly Named[],
  flows: readonly Flow[],
): QueueDraft[] {
  const count = Math.max(8, Math.min(queueCatalog.length, 8 + Math.floor(options.agents / 20)));
  return queueCatalog.slice(0, count).map((template, no) => ({
    no,
    id: uuidFrom(options.seed, ns.queue, no),
    name: template.name,
    template,
    divisionId: (divisions[no % divisions.length] as Named).id,
    codes: codesOfQueue(codes, new Random(options.seed, ns.code, no)),
    skill: skills[no % skills.length] as Named,
    flow: flows[0] as Flow,
  }));
}

/** The default code, the shared ones, some of the queue's own, and now and then one that was deleted since. */
function codesOfQueue(codes: readonly Code[], random: Random): Code[] {
  const own = codes.slice(11, 47);
  const chosen = codes.slice(0, 9);
  for (let n = 0; n < 9; n++) {
    const code = random.pick(own);
    if (!chosen.includes(code)) chosen.push(code);
  }
  chosen.push(random.pick(codes.filter((code) => code.deleted)));
  return chosen;
}

interface AgentMaterial {
  readonly divisions: readonly Named[];
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly teams: readonly Named[];
  readonly drafts: readonly QueueDraft[];
}

/** Active agents as asked for, and on top of them a tenth who left: inactive and deleted users still stand in old records. */
function createAgents(options: WorldOptions, material: AgentMaterial): Agent[] {
  const gone = Math.max(2, Math.round(options.agents / 10));
  const weights = queueLoads(material.drafts.map((draft) => draft.template));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const agents: Agent[] = [];
  for (let no = 0; no < options.agents + gone; no++) {
    const random = new Random(options.seed, ns.user, no);
    const given = random.pick(givenNames);
    const family = random.pick(familyNames);
    const state = no < options.agents ? 'active' : no % 2 === 0 ? 'inactive' : 'deleted';
    agents.push({
      no,
      id: uuidFrom(options.seed, ns.user, no),
      name: `${given} ${family}`,
      email: `agent${String(no + 1).padStart(4, '0')}@example.com`,
      state,
      divisionId: random.pick(material.divisions).id,
      team: random.pick(material.teams),
      skills: [random.pick(material.skills)],
      languages: material.languages.filter((_, position) => position === 0 || random.chance(0.2)),
      queueNos: queuesOfAgent(options, no, random, weights, total),
      pace: Math.exp(0.18 * random.normal()),
    });
  }
  return agents;
}

/** The first queue goes round by weight so that none stays without people; the others are luck. */
function queuesOfAgent(
  options: WorldOptions,
  no: number,
  random: Random,
  weights: readonly number[],
  total: number,
): number[] {
  if (options.agents < smallOrganizationAgents) return weights.map((_, queue) => queue);
  const byWeight = (share: number): number => {
    let rest = share * total;
    const found = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    return found < 0 ? weights.length - 1 : found;
  };
  const queues = new Set<number>([no < weights.length ? no : byWeight(random.next())]);
  const more = random.chance(0.65) ? random.int(1, 2) : 0;
  for (let n = 0; n < more; n++) queues.add(byWeight(random.next()));
  if (no < weights.length) queues.add((no + 1) % weights.length);
  return [...queues].sort((a, b) => a - b);
}

function createPresences(seed: number): Presence[] {
  const builtIn = ['AVAILABLE', 'AWAY', 'BUSY', 'OFFLINE', 'IDLE', 'ON_QUEUE', 'MEAL', 'TRAINING', 'MEETING', 'BREAK'];
  const own: [string, string][] = [
    ['Coffee', 'BREAK'],
    ['Team talk', 'MEETING'],
    ['Back office', 'BUSY'],
    ['Coaching', 'TRAINING'],
  ];
  const title = (word: string) => word.charAt(0) + word.slice(1).toLowerCase().replace('_', ' ');
  return [
    ...builtIn.map((presence, no) => ({
      id: uuidFrom(seed, ns.presence, no),
      name: title(presence),
      systemPresence: presence,
      builtIn: true,
    })),
    ...own.map(([name, systemPresence], no) => ({
      id: uuidFrom(seed, ns.presence, 100 + no),
      name,
      systemPresence,
      builtIn: false,
    })),
  ];
}

function createCampaigns(seed: number, queues: readonly Queue[]): Campaign[] {
  const outbound = queues.filter((queue) => queue.template.outbound === true);
  return outbound.flatMap((queue, no) =>
    (['preview', 'power'] as const).map((dialingMode, mode) => ({
      id: uuidFrom(seed, ns.campaign, no * 2 + mode),
      name: `${queue.name} (${dialingMode})`,
      queue,
      contactList: { id: uuidFrom(seed, ns.contactList, no * 2 + mode), name: `${queue.name} contacts ${mode + 1}` },
      dialingMode,
    })),
  );
}

function createForms(seed: number, from: number, names: readonly string[]): Form[] {
  return names.map((name, no) => ({
    id: uuidFrom(seed, ns.form, from + no),
    name,
    contextId: uuidFrom(seed, ns.form, from + no, 1),
  }));
}

function queuesFor(queues: readonly Queue[], media: MediaType): Queue[] {
  return queues.filter((queue) => queue.template.outbound !== true && queue.template.media.includes(media));
}

export function serviceLevelTargetMs(media: MediaType): number {
  return media === 'cobrowse' ? 20_000 : mediaDefaults[media].targetMs;
}
