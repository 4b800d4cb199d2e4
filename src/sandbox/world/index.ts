import type { World, WorldOptions } from '../world.js';
import { ConversationStore, type WorldConversation } from './conversations.js';
import { PlayedDays } from './day/day-simulation.js';
import { LocalCalendar } from './instant.js';
import { createDirectory } from './organization/directory.js';
import { createOrganization } from './organization/organization.js';
import type { Organization } from './organization/organization-types.js';
import { lifetimeMsMax, shortLifetimeMsMax } from './scripts/kinds.js';
import type { AgentTimeline } from './timeline.js';

export type { WorldConversation } from './conversations.js';
export type { WorldEvent } from './events.js';
export type { AgentTimeline, PresenceSpan, RoutingSpan, RoutingStatus } from './timeline.js';

/** A world whose conversations also show the events they are made of. */
export interface SimulatedWorld extends World {
  /** The typed form of the directory, as the scripts use it. */
  readonly organization: Organization;
  readonly shortLifetimeMsMax: number;
  conversationsOfDay(dayStartMs: number): readonly WorldConversation[];
  longConversationsOfDay(dayStartMs: number): readonly WorldConversation[];
  conversationById(id: string): WorldConversation | undefined;
  /**
   * Presence and routing status of an agent on the UTC day that begins at `dayStartMs`; undefined for a user this organisation never
   * had. It has no notion of "now": a caller that asks during the day cuts the spans there.
   */
  agentTimeline(userId: string, dayStartMs: number): AgentTimeline | undefined;
}

/** A contact centre that is a pure function of its options: the same seed gives the same bytes, whenever it is asked. */
export function createWorld(options: WorldOptions): SimulatedWorld {
  const organization = createOrganization(options);
  const store = new ConversationStore({
    seed: options.seed,
    conversationsPerDay: options.conversationsPerDay,
    organization,
    calendar: new LocalCalendar(options.timeZone),
    playedDays: new PlayedDays(),
  });
  const agents = new Map(organization.agents.map((agent) => [agent.id, agent]));
  return {
    options,
    organization,
    directory: createDirectory(organization, options.seed),
    lifetimeMsMax,
    shortLifetimeMsMax,
    conversationsOfDay: (dayStartMs) => store.ofDay(dayStartMs),
    longConversationsOfDay: (dayStartMs) => store.longOfDay(dayStartMs),
    conversationById: (id) => store.byId(id),
    agentTimeline: (userId, dayStartMs) => {
      const agent = agents.get(userId);
      return agent === undefined ? undefined : store.timeline(agent, dayStartMs);
    },
  };
}
