import { dayMs } from '../../../lib/interval.js';
import type { SimulatedConversation, World } from '../../world.js';

/**
 * Returns the world without conversations that began before its first day. Details and figures then agree on where history begins, and a test
 * that reads the world reads what is served.
 */
export function boundedWorld<W extends World>(world: W, dataFromMs: number): W {
  const kept = (dayStartMs: number, found: readonly SimulatedConversation[]) =>
    dayStartMs >= dataFromMs ? found : found.filter((conversation) => conversation.startMs >= dataFromMs);
  const long = world.longConversationsOfDay?.bind(world);
  return {
    ...world,
    conversationsOfDay: (dayStartMs: number) =>
      dayStartMs + dayMs <= dataFromMs ? [] : kept(dayStartMs, world.conversationsOfDay(dayStartMs)),
    ...(long === undefined
      ? {}
      : {
          longConversationsOfDay: (dayStartMs: number) =>
            dayStartMs + dayMs <= dataFromMs ? [] : kept(dayStartMs, long(dayStartMs)),
        }),
    conversationById: (id: string) => {
      const conversation = world.conversationById(id);
      return conversation !== undefined && conversation.startMs >= dataFromMs ? conversation : undefined;
    },
  };
}
