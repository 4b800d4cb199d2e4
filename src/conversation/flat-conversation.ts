import type { AttributeRow, ParticipantIds } from './attributes.js';
import type { ConversationRows } from './conversation-rows.js';
import { decodeRows } from './decode.js';
import { type EncodedRows, encodeRows, type KeepBytes } from './encode.js';
import { recordOf } from './rebuild.js';
import type { Row } from './relations.js';

/**
 * A conversation ready to be stored. Pages of them wait in memory, so it holds bytes, from which
 * rarely needed values are computed.
 */
export interface FlatConversation extends ConversationRows, EncodedRows {
  /** True if the conversation, or a segment of an agent, has no end, so that it must be read again by id. */
  readonly isOpen: boolean;
  readonly participantIds: ParticipantIds;
  /** The record for a dead letter, rebuilt from the rows at each access. */
  readonly record: object;
}

type Parts = Omit<FlatConversation, 'record' | keyof EncodedRows>;
type DerivedRows = Parameters<typeof encodeRows>[2];

/**
 * Builds a conversation from these rows and its derived rows; `keep` allocates their memory, fresh
 * memory by default.
 */
export function flatConversation(
  parts: Parts & { readonly derivedRows: DerivedRows },
  keep?: KeepBytes,
): FlatConversation {
  return new Flat(parts, encodeRows(parts, parts.rows, parts.derivedRows, keep));
}

/** Returns a copy of the conversation with other attributes. */
export function withAttributes(flat: FlatConversation, attributes: readonly AttributeRow[]): FlatConversation {
  const { conversationId, conversationStart, isOpen, participantIds } = flat;
  return new Flat({ conversationId, conversationStart, isOpen, attributes, participantIds }, flat);
}

class Flat implements FlatConversation {
  readonly conversationId: string;
  readonly conversationStart: number;
  readonly isOpen: boolean;
  readonly attributes: readonly AttributeRow[] | undefined;
  readonly participantIds: ParticipantIds;
  readonly bytes: Buffer;
  readonly marks: readonly number[];
  readonly contentHash: string;

  constructor(parts: Omit<Parts, 'rows'>, encoded: EncodedRows) {
    this.conversationId = parts.conversationId;
    this.conversationStart = parts.conversationStart;
    this.isOpen = parts.isOpen;
    this.attributes = parts.attributes;
    this.participantIds = parts.participantIds;
    this.bytes = encoded.bytes;
    this.marks = encoded.marks;
    this.contentHash = encoded.contentHash;
  }

  /** Decoded at each access. */
  get rows(): readonly (readonly Row[])[] {
    return decodeRows(this);
  }

  get record(): object {
    return recordOf(this);
  }
}
