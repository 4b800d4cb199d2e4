/**
 * What a user's status spans are after another answer about one interval: pure, over one user and one kind of status. The API keeps statuses
 * per UTC day, so a span over midnight may come whole from two days or in pieces, in any order of days; here it is one.
 */
import { dayMs } from '../interval.js';

export interface Span {
  readonly startMs: number;
  /** Null while it is open. */
  readonly endMs: number | null;
  /** The status and whatever else tells two spans of one start apart. */
  readonly status: string;
}

export interface StoredSpan extends Span {
  readonly asOfMs: number;
}

export interface SpanAnswer<Incoming extends Span> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly asOfMs: number;
  readonly spans: readonly Incoming[];
}

interface Known {
  readonly endMs: number | null;
  readonly asOfMs: number;
}

export interface SpanChanges<Stored extends StoredSpan, Incoming extends Span> {
  readonly deleted: readonly Stored[];
  readonly updated: readonly (Known & { readonly stored: Stored })[];
  readonly inserted: readonly (Known & { readonly span: Incoming })[];
}

/** A span as it is known in the end, and where it comes from. */
interface Node<Stored, Incoming> extends StoredSpan {
  readonly stored: Stored | undefined;
  readonly incoming: Incoming | undefined;
}

const isMidnight = (ms: number) => ms % dayMs === 0;
const isSame = (a: Span, b: Span) => a.startMs === b.startMs && a.status === b.status;
const endOrNever = (span: Span) => span.endMs ?? Number.POSITIVE_INFINITY;
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
const byStart = (a: Span, b: Span) => a.startMs - b.startMs || compare(endOrNever(a), endOrNever(b));

/** `stored`: the user's spans that begin in the interval or at its end, the latest before it, and those that begin where one of the answer begins. */
export function mergeSpans<Stored extends StoredSpan, Incoming extends Span>(
  stored: readonly Stored[],
  answer: SpanAnswer<Incoming>,
): SpanChanges<Stored, Incoming> {
  const nodes = closed(joined(combined(stored, answer)));
  const kept = new Set(nodes.map((node) => node.stored));
  return {
    deleted: stored.filter((span) => !kept.has(span)),
    updated: nodes.flatMap(({ stored: span, endMs, asOfMs }) =>
      span === undefined || span.endMs === endMs ? [] : [{ stored: span, endMs, asOfMs }],
    ),
    inserted: nodes.flatMap(({ stored: before, incoming, endMs, asOfMs }) =>
      before !== undefined || incoming === undefined ? [] : [{ span: incoming, endMs, asOfMs }],
    ),
  };
}

/** Stored spans as the answer leaves them, and those that it adds. What is known from later than the answer stays as it is. */
function combined<Stored extends StoredSpan, Incoming extends Span>(
  stored: readonly Stored[],
  answer: SpanAnswer<Incoming>,
): Node<Stored, Incoming>[] {
  const newer = stored.filter((span) => span.asOfMs > answer.asOfMs);
  const older = stored.filter((span) => span.asOfMs <= answer.asOfMs).sort((a, b) => byStart(b, a));
  const found = new Map<Stored, Span>();
  const added: Node<Stored, Incoming>[] = [];
  const others: Span[] = [];
  for (const span of joined(answer.spans.map(incomingNode(answer.asOfMs)))) {
    if (newer.some((known) => overlaps(known, span))) continue;
    const known = older.find((each) => isSame(each, span)) ?? older.find((each) => isContinued(each, span));
    if (known === undefined) added.push(incomingNode(answer.asOfMs)({ ...(span.incoming as Incoming), ...bare(span) }));
    else found.set(known, span);
    if (known === undefined || isSame(known, span)) others.push(span);
  }
  const kept = older.filter((span) => found.has(span) || !isInside(span, answer));
  const changed = kept.map((span): Node<Stored, Incoming> => {
    const endMs = endAfter(span, found.get(span), others);
    const asOfMs = endMs === span.endMs ? span.asOfMs : answer.asOfMs;
    return { ...bare(span), endMs, asOfMs, stored: span, incoming: undefined };
  });
  const untouched = newer.map((span) => ({ ...bare(span), asOfMs: span.asOfMs, stored: span, incoming: undefined }));
  return [...untouched, ...changed, ...added];
}

/** The end that the answer gives, unless that is only where the API cut it; a user has one status at a time, so another one ends it too. */
function endAfter(known: Span, told: Span | undefined, others: readonly Span[]): number | null {
  const isCut = told !== undefined && told.endMs !== null && isMidnight(told.endMs) && endOrNever(known) > told.endMs;
  if (told !== undefined && !isCut) return told.endMs;
  const next = others.map(({ startMs }) => startMs).filter((startMs) => startMs > known.startMs);
  const endMs = Math.min(endOrNever(known), ...next);
  return endMs === Number.POSITIVE_INFINITY ? null : endMs;
}

const bare = ({ startMs, endMs, status }: Span): Span => ({ startMs, endMs, status });

function incomingNode(asOfMs: number) {
  return <Incoming extends Span>(span: Incoming) => ({ ...bare(span), asOfMs, stored: undefined, incoming: span });
}

/** Pieces that touch at midnight are one span; what came twice is one as well. */
function joined<Each extends Node<unknown, unknown>>(spans: readonly Each[]): Each[] {
  const result: Each[] = [];
  for (const span of [...spans].sort(byStart)) {
    const index = result.findIndex((each) => isSame(each, span) || isContinued(each, span));
    const before = result[index];
    if (before === undefined) result.push(span);
    else {
      const isPiece = !isSame(before, span) && (before.endMs === null || before.endMs === span.startMs);
      const endMs = isPiece ? span.endMs : longest(before.endMs, span.endMs);
      result[index] = { ...before, endMs, asOfMs: Math.max(before.asOfMs, span.asOfMs) };
    }
  }
  return result;
}

/** Of two records of one span, the closed one knows more than the open one. */
function longest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** `next` begins at midnight, is the same status, and `span` had not ended before: a later piece of it. */
function isContinued(span: Span, next: Span): boolean {
  if (span.status !== next.status || !isMidnight(next.startMs) || span.startMs >= next.startMs) return false;
  return endOrNever(span) >= next.startMs;
}

/** The answer would have shown what begins in its interval. */
function isInside(span: Span, answer: { readonly fromMs: number; readonly toMs: number }): boolean {
  return span.startMs >= answer.fromMs && span.startMs < answer.toMs;
}

function overlaps(a: Span, b: Span): boolean {
  return isSame(a, b) || (b.startMs < endOrNever(a) && a.startMs < endOrNever(b));
}

/** A user has one status at a time: what is open ended when the next began. */
function closed<Each extends StoredSpan>(spans: readonly Each[]): Each[] {
  return spans.map((span) => {
    if (span.endMs !== null) return span;
    const later = spans.filter(({ startMs }) => startMs > span.startMs);
    if (later.length === 0) return span;
    const asOfMs = Math.max(span.asOfMs, ...later.map((each) => each.asOfMs));
    return { ...span, endMs: Math.min(...later.map(({ startMs }) => startMs)), asOfMs };
  });
}
