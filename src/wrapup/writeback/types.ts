import type { GenesysWriteApi } from '../../genesys/write-api.js';
import type { Log } from '../../lib/log.js';
import type { Claim, ClaimFilter, Outcome } from '../../model/assignment.js';

/** The ledger as the write-back uses it; implemented by `createAssignmentStore` in `postgres/wrapup/sending.ts`. */
export interface AssignmentStore {
  /** Takes up to `limit` proposed rows for this process alone, until `claimMs` from now. */
  claimProposed(filter: ClaimFilter, limit: number): Promise<Claim>;
  /** Claims rows above `afterId` that were sent and of which it is unknown whether Genesys has the code. */
  claimSent(filter: ClaimFilter, limit: number, afterId: string): Promise<Claim>;
  /** Proposed → sent, before the call. False: it was revoked or superseded meanwhile, so the call must not be made. */
  beginSending(assignmentId: string): Promise<boolean>;
  /** Genesys took the call; `correlationId` is its own. The row stays `sent`, now with a known answer. */
  markAccepted(assignmentId: string, correlationId: string): Promise<void>;
  /** Ends the claim. False when someone else moved the row first. */
  settle(assignmentId: string, outcome: Outcome): Promise<boolean>;
  /** Ends claims that were to last `until` and leaves the states. */
  release(assignmentIds: readonly string[], until: Date): Promise<void>;
  /** Resolves waiting rows by the last extraction; returns how many reached which state. Makes no request. */
  confirmFromExtract(
    conversationIds?: readonly string[],
  ): Promise<{ readonly verified: number; readonly conflicted: number }>;
}

export type WritePort = Pick<GenesysWriteApi, 'conversation' | 'wrapup' | 'setWrapup'>;

export interface ApplyParts {
  readonly api: WritePort;
  readonly store: AssignmentStore;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface ApplyOptions extends ClaimFilter {
  /** Calls to set a code that may be made in this run, refused ones included; rows that need no call do not count. */
  readonly writesMax: number;
  /** Assignments processed at once. */
  readonly concurrency?: number;
}

export interface ApplySummary {
  /** Calls that were to set a code, refused ones included: what `writesMax` bounds. */
  readonly asked: number;
  /** Number of these that did, as far as is known. */
  readonly written: number;
  readonly verified: number;
  /** Accepted by Genesys, not seen there yet: looked for again at the next run. */
  readonly accepted: number;
  readonly rejected: number;
  readonly conflicted: number;
  /** To be tried again later. */
  readonly postponed: number;
  /** Reason why the run ended early, as a sentence; absent where it did not. */
  readonly stopped?: { readonly reason: string; readonly isFailure: boolean };
}
