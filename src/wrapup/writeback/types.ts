import type { GenesysWriteApi } from '../../genesys/write-api.js';
import type { Log } from '../../lib/log.js';
import type { Claim, ClaimFilter, Outcome } from '../../model/assignment.js';

/** The ledger as the write-back uses it; implemented by `createAssignmentStore` in `postgres/wrapup/sending.ts`. */
export interface AssignmentStore {
  /** Claims up to `limit` proposed rows for this process, until `claimMs` from now. */
  claimProposed(filter: ClaimFilter, limit: number): Promise<Claim>;
  /** Claims rows above `afterId` that were sent but not yet found in Genesys. */
  claimSent(filter: ClaimFilter, limit: number, afterId: string): Promise<Claim>;
  /**
   * Moves the row from proposed to sent, before the call. False: it was revoked or superseded
   * meanwhile, so the call must not be made.
   */
  beginSending(assignmentId: string): Promise<boolean>;
  /**
   * Records that Genesys accepted the call, with its `correlationId`. The row stays `sent`, now
   * with a known response.
   */
  markAccepted(assignmentId: string, correlationId: string): Promise<void>;
  /** Records the outcome and ends the claim. False when another process moved the row first. */
  settle(assignmentId: string, outcome: Outcome): Promise<boolean>;
  /** Ends claims that were valid until `until` and keeps the states. */
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
  /** Calls to set a code, refused ones included; `writesMax` limits them. */
  readonly asked: number;
  /** Number of these that succeeded, as far as is known. */
  readonly written: number;
  readonly verified: number;
  /** Accepted by Genesys but not found there yet; the next run checks again. */
  readonly accepted: number;
  readonly rejected: number;
  readonly conflicted: number;
  /** To be retried later. */
  readonly postponed: number;
  /** Reason why the run ended early, as a sentence; absent where it did not. */
  readonly stopped?: { readonly reason: string; readonly isFailure: boolean };
}
