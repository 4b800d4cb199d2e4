/** Parses events. Only the conversation that they name matters, because it is fetched. */

/** As many as the queue holds; a body with more is refused as a whole, because the rest would be lost silently. */
export const idsPerBodyMax = 10_000;
const depthMax = 4;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const topicOfConversation = /\bconversations?\.([0-9a-f-]{36})\b/i;

/** Returns the topic of a queue: every change of a conversation that is or was in it. */
export const queueTopic = (queueId: string) => `v2.routing.queues.${queueId}.conversations`;

/**
 * Returns the conversations that a message names, in one of the shapes that Genesys and its
 * carriers use: a notification (`topicName`, `eventBody`), the same as `detail` of an EventBridge
 * event, a data action's body of a process-automation trigger (`conversationId`), or a list of
 * those. `eventBody.id` is the conversation where the topic is about conversations of a queue or
 * user. Returns at most one more than `idsPerBodyMax`, which shows the caller that there are too
 * many.
 */
export function conversationIdsIn(message: unknown): string[] {
  const ids = new Set<string>();
  collect(message, ids, 0);
  return [...ids];
}

function collect(message: unknown, ids: Set<string>, depth: number): void {
  if (typeof message !== 'object' || message === null || depth > depthMax || ids.size > idsPerBodyMax) return;
  if (Array.isArray(message)) {
    for (const item of message) collect(item, ids, depth + 1);
    return;
  }
  const { conversationId, conversationIds, eventBody, detail, id, topicName, events } = message as Record<
    string,
    unknown
  >;
  for (const candidate of [conversationId, ...(Array.isArray(conversationIds) ? conversationIds : [])])
    add(candidate, ids);
  const body = eventBody as { conversationId?: unknown; id?: unknown; participants?: unknown } | undefined | null;
  if (typeof body === 'object' && body !== null) {
    // Only a conversation has participants; the id of anything else is not a conversation id.
    if (body.conversationId === undefined && isAboutConversations(topicName, body)) add(body.id, ids);
    collect(body, ids, depth + 1);
  } else if (Array.isArray((message as { participants?: unknown }).participants) && conversationId === undefined) {
    add(id, ids);
  }
  if (typeof topicName === 'string') add(topicOfConversation.exec(topicName)?.[1], ids);
  collect(detail, ids, depth + 1);
  collect(events, ids, depth + 1);
}

function isAboutConversations(topicName: unknown, body: { participants?: unknown }): boolean {
  return Array.isArray(body.participants) || (typeof topicName === 'string' && topicName.endsWith('.conversations'));
}

function add(candidate: unknown, ids: Set<string>): void {
  if (typeof candidate === 'string' && uuid.test(candidate) && ids.size <= idsPerBodyMax)
    ids.add(candidate.toLowerCase());
}

/**
 * Returns the key that identifies a repeated event, or undefined without one: two requests that only name a conversation are two events.
 */
export function eventKeyOf(message: unknown): string | undefined {
  const { id, detail, eventBody, eventTime } = (message ?? {}) as Record<string, unknown>;
  // EventBridge delivers at least once; its envelope's id stays the same.
  if (typeof id === 'string' && typeof detail === 'object') return id;
  const body = (eventBody ?? {}) as Record<string, unknown>;
  return body.eventTime === undefined && eventTime === undefined ? undefined : JSON.stringify(message);
}
