import type { WorldOptions } from '../../world.js';
import { uuidFrom } from '../ids.js';
import { Random } from '../random.js';
import { queueLoads } from './load.js';
import { familyNames, givenNames } from './names.js';
import { ns } from './organization-parts.js';
import type { Agent, Code, Flow, Named, Queue } from './organization-types.js';
import { queueCatalog } from './queue-catalog.js';

export type QueueDraft = Omit<Queue, 'agents'>;

export function createQueueDrafts(
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

/** The default code, the shared ones, some of the queue's own, and occasionally one that has been deleted since. */
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

/**
 * Together with the stride of the shifts, half of a sequence that fills a square evenly: each queue gets its share of people, and each
 * share its early and late shifts, without the luck of the draw.
 */
const queueStride = 0.754_877_666_25;

/** Below this many agents a queue keeps its members; above, agents are spread over one to three queues. */
const smallOrganizationAgents = 12;

interface AgentMaterial {
  readonly divisions: readonly Named[];
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly teams: readonly Named[];
  readonly drafts: readonly QueueDraft[];
}

/** Active agents as asked for, and on top of them a tenth who left: inactive and deleted users still appear in old records. */
export function createAgents(options: WorldOptions, material: AgentMaterial): Agent[] {
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
  const queues = new Set<number>([no < weights.length ? no : byWeight((no * queueStride) % 1)]);
  const more = random.chance(0.65) ? random.int(1, 2) : 0;
  for (let n = 0; n < more; n++) queues.add(byWeight(random.next()));
  if (no < weights.length) queues.add((no + 1) % weights.length);
  return [...queues].sort((a, b) => a - b);
}
