import type { World, WorldOptions } from '../world.js';
import { ConversationStore, lifetimeMsMax, shortLifetimeMsMax, type WorldConversation } from './conversations.js';
import { createDirectory } from './directory.js';
import { createOrganization } from './organization.js';

export type { WorldConversation } from './conversations.js';
export type { WorldEvent } from './events.js';

/** A world whose conversations also show the events they are made of. */
export interface SimulatedWorld extends World {
  readonly shortLifetimeMsMax: number;
  conversationsOfDay(dayStartMs: number): readonly WorldConversation[];
  longConversationsOfDay(dayStartMs: number): readonly WorldConversation[];
  conversationById(id: string): WorldConversation | undefined;
}

/** A contact centre that is a pure function of its options: the same seed gives the same bytes, whenever it is asked. */
export function createWorld(options: WorldOptions): SimulatedWorld {
  const organization = createOrganization(options);
  const store = new ConversationStore(options, organization);
  return {
    options,
    directory: createDirectory(organization, options.seed),
    lifetimeMsMax,
    shortLifetimeMsMax,
    conversationsOfDay: (dayStartMs) => store.ofDay(dayStartMs),
    longConversationsOfDay: (dayStartMs) => store.longOfDay(dayStartMs),
    conversationById: (id) => store.byId(id),
  };
}
