import type { WorldOptions } from '../../world.js';
import type { MediaType } from '../events.js';
import { uuidFrom } from '../ids.js';
import { paceFor } from './load.js';
import { divisionNames, languageNames, locationNames, outcomeNames, skillNames, teamNames } from './names.js';
import { createCampaigns, createCodes, createFlows, createForms, createPresences, ns } from './organization-parts.js';
import { createAgents, createQueueDrafts } from './organization-people.js';
import type { Named, Organization, Queue } from './organization-types.js';
import { mediaDefaults } from './queue-catalog.js';

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

function queuesFor(queues: readonly Queue[], media: MediaType): Queue[] {
  return queues.filter((queue) => queue.template.outbound !== true && queue.template.media.includes(media));
}

export function serviceLevelTargetMs(media: MediaType): number {
  return media === 'cobrowse' ? 20_000 : mediaDefaults[media].targetMs;
}
