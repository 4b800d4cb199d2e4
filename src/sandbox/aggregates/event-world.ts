import { ApiFault } from '../server/http/api-fault.js';
import type { WorldEvent } from '../world/events.js';
import type { SimulatedConversation, World } from '../world.js';

/** A conversation that shows what happened in it. */
export interface EventConversation extends SimulatedConversation {
  /** Everything, past and future. Within a session in order of time; across sessions not always. */
  readonly events: readonly WorldEvent[];
}

export interface PresenceSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly systemPresence: string;
  readonly organizationPresenceId: string;
}

export interface RoutingSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly status: 'OFF_QUEUE' | 'IDLE' | 'INTERACTING' | 'NOT_RESPONDING' | 'COMMUNICATING';
}

/** One agent's activity on a UTC day: spans in order of time that fill it completely. They are independent of "now". */
export interface AgentTimeline {
  readonly presences: readonly PresenceSpan[];
  readonly routingStatuses: readonly RoutingSpan[];
}

/** A world that figures can be computed from. */
export interface EventWorld extends World {
  conversationsOfDay(dayStartMs: number): readonly EventConversation[];
  longConversationsOfDay?(dayStartMs: number): readonly EventConversation[];
  /** Undefined for a user the organisation never had. */
  agentTimeline(userId: string, dayStartMs: number): AgentTimeline | undefined;
}

export type AgentTimelines = Pick<EventWorld, 'agentTimeline'>;

/** Recorded worlds have records and no events: there is nothing to count in them. Throws the API's error for those. */
export function eventWorldOf(world: World): EventWorld {
  if (hasEvents(world)) return world;
  throw new ApiFault(
    501,
    'not.implemented',
    'Figures are computed from events, and this organisation has only records.',
  );
}

export function hasEvents(world: World): world is EventWorld {
  return 'agentTimeline' in world && typeof world.agentTimeline === 'function';
}
