/**
 * The newest data wins, not the latest arrival. Content and attributes are decided separately:
 * attributes come only with details jobs, so a newer record may lack them, and an older one may be
 * the first to have them.
 */
export interface StoredVersion {
  readonly asOfMs: number;
  readonly contentHash: string;
  /** Null while no attributes have been seen. */
  readonly attributesAsOfMs: number | null;
  /** Null also when stored attributes lost a participant; any others then replace them. */
  readonly attributesHash: string | null;
}

export interface IncomingVersion {
  readonly asOfMs: number;
  readonly contentHash: string;
  readonly attributes: { readonly asOfMs: number; readonly hash: string } | undefined;
}

/** `older` and `unchanged` write no content. */
export type ContentDecision = 'new' | 'changed' | 'unchanged' | 'older';

/**
 * `keep`: the stored ones are kept. `confirm`: they are unchanged but get the as-of instant of the
 * newer record. `replace`: the newer ones are written.
 */
export type AttributesDecision = 'keep' | 'confirm' | 'replace';

export interface Decision {
  readonly content: ContentDecision;
  readonly attributes: AttributesDecision;
}

/** Decides which version wins; at equal `as_of` the incoming one. */
export function decide(stored: StoredVersion | undefined, incoming: IncomingVersion): Decision {
  return { content: decideContent(stored, incoming), attributes: decideAttributes(stored, incoming) };
}

function decideContent(stored: StoredVersion | undefined, incoming: IncomingVersion): ContentDecision {
  if (stored === undefined) return 'new';
  if (incoming.asOfMs < stored.asOfMs) return 'older';
  return incoming.contentHash === stored.contentHash ? 'unchanged' : 'changed';
}

function decideAttributes(stored: StoredVersion | undefined, incoming: IncomingVersion): AttributesDecision {
  const news = incoming.attributes;
  if (news === undefined) return 'keep';
  if (stored === undefined || stored.attributesAsOfMs === null) return 'replace';
  if (news.asOfMs < stored.attributesAsOfMs) return 'keep';
  return news.hash === stored.attributesHash ? 'confirm' : 'replace';
}

/** Returns the version that is stored after the decision has been applied. */
export function settle(
  stored: StoredVersion | undefined,
  incoming: IncomingVersion,
  decision: Decision,
): StoredVersion {
  const isContentNews = stored === undefined || incoming.asOfMs >= stored.asOfMs;
  const news = decision.attributes === 'keep' ? undefined : incoming.attributes;
  return {
    asOfMs: isContentNews ? incoming.asOfMs : stored.asOfMs,
    contentHash: isContentNews ? incoming.contentHash : stored.contentHash,
    attributesAsOfMs: news?.asOfMs ?? stored?.attributesAsOfMs ?? null,
    attributesHash: news?.hash ?? stored?.attributesHash ?? null,
  };
}
