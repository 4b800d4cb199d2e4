import { moveAttributes } from '../../conversation/attributes.js';
import { type FlatConversation, withAttributes } from '../../conversation/flat-conversation.js';

/** A conversation to load and the instant as of which its source is valid. */
export interface IncomingConversation {
  readonly flat: FlatConversation;
  readonly asOfMs: number;
  /** As-of instant of the attributes, when they came with another copy of the record. */
  readonly attributesAsOfMs: number;
}

/** Dates a conversation as of the instant for which its source is valid. */
export function incomingConversation(flat: FlatConversation, asOf: Date): IncomingConversation {
  const asOfMs = asOf.getTime();
  return { flat, asOfMs, attributesAsOfMs: asOfMs };
}

/**
 * One arrival per conversation, in the order of the key: the newest record, and of the records with attributes the newest one's; the later
 * of two equally new ones. The order is the same in all loaders, so that two of them never wait for each other in a circle.
 */
export function mergeArrivals(arrivals: readonly IncomingConversation[]): IncomingConversation[] {
  const byId = new Map<string, IncomingConversation>();
  for (const arrival of arrivals) {
    const { conversationId } = arrival.flat;
    const other = byId.get(conversationId);
    byId.set(conversationId, other === undefined ? arrival : merge(other, arrival));
  }
  return [...byId.values()].sort(byKey);
}

function byKey(a: IncomingConversation, b: IncomingConversation): number {
  const byStart = a.flat.conversationStart - b.flat.conversationStart;
  if (byStart !== 0) return byStart;
  return a.flat.conversationId < b.flat.conversationId ? -1 : 1;
}

function merge(former: IncomingConversation, latter: IncomingConversation): IncomingConversation {
  const content = latter.asOfMs >= former.asOfMs ? latter : former;
  const source = withNewerAttributes(former, latter);
  if (source === undefined || source.flat === content.flat) return content;
  const moved = moveAttributes(source.flat.attributes ?? [], source.flat.participantIds, content.flat.participantIds);
  return {
    flat: withAttributes(content.flat, moved.rows),
    asOfMs: content.asOfMs,
    attributesAsOfMs: source.attributesAsOfMs,
  };
}

function withNewerAttributes(
  former: IncomingConversation,
  latter: IncomingConversation,
): IncomingConversation | undefined {
  if (former.flat.attributes === undefined) return latter.flat.attributes === undefined ? undefined : latter;
  if (latter.flat.attributes === undefined) return former;
  return latter.attributesAsOfMs >= former.attributesAsOfMs ? latter : former;
}
