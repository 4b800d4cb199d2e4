/**
 * Merges an answer about one UTC day into a user's stored status spans: pure, over one user and one kind of status. The API keeps statuses
 * per UTC day, so a span over midnight may come whole from two days or in pieces; here it is one. For each day its own newest answer wins,
 * in whatever order answers arrive; for other days an answer only fills gaps.
 */
import { dayMs } from '../../lib/interval.js';

export interface Span {
  readonly startMs: number;
  /** Null while it is open. */
  readonly endMs: number | null;
  /** The status, with everything else that distinguishes two spans of the same start. */
  readonly status: string;
}

export interface StoredSpan extends Span {
  readonly asOfMs: number;
}

/** Holds an answer about a part of one UTC day, which ends at the time of the request at the latest. */
export interface SpanAnswer<Incoming extends Span> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly asOfMs: number;
  readonly spans: readonly Incoming[];
}

/** A span to be written: `like` has its status and other columns. */
interface Written<Like> {
  readonly startMs: number;
  readonly endMs: number | null;
  readonly asOfMs: number;
  readonly like: Like;
}

export interface SpanChanges<Stored extends StoredSpan, Incoming extends Span> {
  readonly deleted: readonly Stored[];
  readonly updated: readonly Written<Stored>[];
  readonly inserted: readonly Written<Stored | Incoming>[];
}

/** A stretch of time in one status; open ones end where the next begins. */
interface Piece<Like> extends Written<Like> {
  /** It begins where a longer span was cut. */
  readonly isCut: boolean;
}

const isMidnight = (ms: number) => ms % dayMs === 0;
const endOrNever = (span: { readonly endMs: number | null }) => span.endMs ?? Number.POSITIVE_INFINITY;
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
const byStart = (a: Piece<unknown>, b: Piece<unknown>) =>
  a.startMs - b.startMs || compare(endOrNever(a), endOrNever(b));

/**
 * `stored`: the user's spans that begin in the answer's part of the day or at its end, the last before it and the first behind it. An answer
 * that is older than another one about the same day must not be asked for its opinion.
 */
export function mergeSpans<Stored extends StoredSpan, Incoming extends Span>(
  stored: readonly Stored[],
  answer: SpanAnswer<Incoming>,
): SpanChanges<Stored, Incoming> {
  type Like = Stored | Incoming;
  const earlier: Piece<Like>[] = stored
    .filter(({ startMs }) => startMs < answer.fromMs)
    .map((span) => until(span, answer.fromMs));
  const later: Piece<Like>[] = stored
    .filter((span) => knownUntil(span) > answer.toMs || span.startMs >= answer.toMs)
    .map((span) => from(span, answer.toMs));
  const current = dedupeSpans(answer).map((piece) => clampToDay(piece, answer, earlier, later));
  const pieces = [...earlier, ...current, ...later];
  return changes<Stored, Incoming>(stored, mergeAdjacentSpans(closeOpenSpans(pieces)), answer.fromMs);
}

/** Returns until when a span is known to last: an open one, until the answer that returned it. */
const knownUntil = (span: StoredSpan) => span.endMs ?? span.asOfMs;

/** Returns the part before the answer's range. An open span stays open until an answer shows what came next. */
function until<Stored extends StoredSpan>(span: Stored, ms: number): Piece<Stored> {
  const { startMs, asOfMs } = span;
  const endMs = span.endMs === null && span.asOfMs < ms ? null : Math.min(endOrNever(span), ms);
  return { startMs, endMs, asOfMs, like: span, isCut: false };
}

/** Returns the part after the answer's range, where other answers take precedence. */
function from<Stored extends StoredSpan>(span: Stored, ms: number): Piece<Stored> {
  const { startMs, endMs, asOfMs } = span;
  return { startMs: Math.max(startMs, ms), endMs, asOfMs, like: span, isCut: startMs < ms };
}

/** Returns the answer's spans that overlap its range, by start. Of two records of one span, the closed one replaces the open one. */
function dedupeSpans<Incoming extends Span>({ fromMs, toMs, asOfMs, spans }: SpanAnswer<Incoming>): Piece<Incoming>[] {
  const once = new Map<string, Piece<Incoming>>();
  for (const span of spans) {
    if (span.startMs >= toMs || Math.max(span.startMs + 1, endOrNever(span)) <= fromMs) continue;
    const key = `${span.startMs} ${span.status}`;
    const known = once.get(key);
    const endMs = known === undefined ? span.endMs : longest(known.endMs, span.endMs);
    once.set(key, { startMs: span.startMs, endMs, asOfMs, like: span, isCut: false });
  }
  return [...once.values()].sort(byStart);
}

function longest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** Clamps a span to the answer's range, except where nothing else is known about the time outside it. */
function clampToDay<Like extends Span>(
  piece: Piece<Like>,
  { fromMs, toMs }: SpanAnswer<Span>,
  earlier: readonly Piece<StoredSpan | Span>[],
  later: readonly Piece<StoredSpan | Span>[],
): Piece<Like> {
  const knownBefore = earlier.map(({ endMs, asOfMs }) => endMs ?? asOfMs);
  const startMs = piece.startMs < fromMs ? Math.min(fromMs, Math.max(piece.startMs, ...knownBefore)) : piece.startMs;
  const nextMs = Math.min(Number.POSITIVE_INFINITY, ...later.map((each) => each.startMs));
  const endMs = endOrNever(piece) > toMs ? Math.min(endOrNever(piece), nextMs) : endOrNever(piece);
  const isCut = startMs > piece.startMs;
  return { ...piece, startMs, endMs: endMs === Number.POSITIVE_INFINITY ? null : endMs, isCut };
}

/** Ends open spans where the next one begins: a user has one status at a time. */
function closeOpenSpans<Like>(pieces: readonly Piece<Like>[]): Piece<Like>[] {
  const sorted = [...pieces].sort(byStart);
  return sorted.map((piece, index) => {
    const next = sorted.slice(index + 1).find(({ startMs }) => startMs > piece.startMs);
    if (next === undefined || endOrNever(piece) <= next.startMs) return piece;
    return { ...piece, endMs: next.startMs, asOfMs: Math.max(piece.asOfMs, next.asOfMs) };
  });
}

/** Pieces of one status that touch where the API cuts spans, or we did, are one. */
function mergeAdjacentSpans<Like extends Span>(pieces: readonly Piece<Like>[]): Piece<Like>[] {
  const result: Piece<Like>[] = [];
  for (const piece of pieces) {
    const before = result.at(-1);
    const isSame = before?.endMs === piece.startMs && before.like.status === piece.like.status;
    if (before !== undefined && isSame && (piece.isCut || isMidnight(piece.startMs))) {
      const asOfMs = Math.max(before.asOfMs, piece.asOfMs);
      result[result.length - 1] = { ...before, endMs: piece.endMs, asOfMs };
    } else result.push(piece);
  }
  return result;
}

function changes<Stored extends StoredSpan, Incoming extends Span>(
  stored: readonly Stored[],
  pieces: readonly Piece<Stored | Incoming>[],
  fromMs: number,
): SpanChanges<Stored, Incoming> {
  const keyOf = ({ startMs, status }: Pick<Span, 'startMs' | 'status'>) => `${startMs} ${status}`;
  const left = new Map(stored.map((span) => [keyOf(span), span]));
  const updated: Written<Stored>[] = [];
  const inserted: Written<Stored | Incoming>[] = [];
  for (const piece of pieces) {
    const key = keyOf({ startMs: piece.startMs, status: piece.like.status });
    const known = left.get(key);
    left.delete(key);
    if (known === undefined) inserted.push(piece);
    else if (isNews(known, piece, fromMs)) updated.push({ ...piece, like: known });
  }
  return { deleted: [...left.values()], updated, inserted };
}

/** That a span is still open is worth a write once a day: it says how far the span is known to reach. */
function isNews(known: StoredSpan, piece: Piece<Span>, fromMs: number): boolean {
  if (known.endMs !== piece.endMs) return true;
  return piece.endMs === null && known.asOfMs < fromMs && piece.asOfMs > known.asOfMs;
}
