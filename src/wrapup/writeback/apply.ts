/**
 * Writes proposed assignments to Genesys. `applyAssignments` is the entry point for `wrapup apply`
 * and for the worker that reacts to events: pass `conversationIds` to write only what was just
 * proposed for them, with a small `writesMax`. It claims its rows, so any number may run at once,
 * in one process or in several: each assignment is sent by only one of them. Its access to the
 * ledger comes from `createAssignmentStore(pool, …)` in `postgres/wrapup/sending.ts`.
 */
import pLimit from 'p-limit';
import { ApiError, DeferredError, UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import type { Claim } from '../../model/assignment.js';
import { reviewOne } from './review.js';
import type { ApplyOptions, ApplyParts, ApplySummary } from './types.js';
import { type Done, writeOne } from './write-one.js';

const concurrencyDefault = 4;
/** Rows claimed per unit of concurrency: few, so that a claim ends long after its last call. */
const claimFactor = 5;
const claimsMax = 100_000;
/** This long before a claim's end nothing new is started and running calls are aborted. */
const claimMarginMs = 5 * secondMs;
/** After this many consecutive refusals of the credentials, further calls would fail as well. */
const credentialRefusalsMax = 5;

/**
 * Confirms rows from the last extraction, reviews what was sent before, then sends at most
 * `writesMax` codes. Never throws for an assignment: each ends in a state with a sentence. A reason
 * that stops the whole run (login refused, API limit longer than the run may wait, network down) is
 * in `stopped`. Throws when the database fails, or the signal's reason.
 */
export async function applyAssignments(parts: ApplyParts, options: ApplyOptions): Promise<ApplySummary> {
  const run = new Run(parts, options);
  const settled = await parts.store.confirmFromExtract(options.conversationIds);
  run.counts.verified += settled.verified;
  run.counts.conflicted += settled.conflicted;
  await run.review();
  await run.write();
  return run.summary();
}

class Run {
  readonly #parts: ApplyParts;
  readonly #options: ApplyOptions;
  readonly #concurrency: number;
  readonly counts = { written: 0, verified: 0, accepted: 0, rejected: 0, conflicted: 0, postponed: 0 };
  #stopped: ApplySummary['stopped'];
  #credentialRefusals = 0;
  /** Number of calls, refused ones included, because a run limits its calls to Genesys. */
  #asked = 0;

  constructor(parts: ApplyParts, options: ApplyOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#concurrency = options.concurrency ?? concurrencyDefault;
  }

  summary(): ApplySummary {
    return { asked: this.#asked, ...this.counts, ...(this.#stopped && { stopped: this.#stopped }) };
  }

  /** Reviews each sent row once: those that are still waiting have lower ids. */
  async review(): Promise<void> {
    let afterId = '0';
    for (let claims = 0; claims < claimsMax && !this.#isOver; claims += 1) {
      const claim = await this.#parts.store.claimSent(this.#options, this.#claimSize, afterId);
      if (claim.assignments.length === 0) return;
      afterId = claim.assignments.at(-1)?.assignmentId ?? afterId;
      await this.#each(claim, reviewOne);
    }
  }

  async write(): Promise<void> {
    for (let claims = 0; claims < claimsMax && !this.#isOver; claims += 1) {
      const limit = Math.min(this.#claimSize, this.#options.writesMax - this.#asked);
      if (limit <= 0) return;
      const claim = await this.#parts.store.claimProposed(this.#options, limit);
      if (claim.assignments.length === 0) return;
      await this.#each(claim, writeOne);
    }
  }

  get #claimSize(): number {
    return this.#concurrency * claimFactor;
  }

  get #isOver(): boolean {
    this.#parts.signal.throwIfAborted();
    return this.#stopped !== undefined;
  }

  async #each(claim: Claim, work: typeof writeOne): Promise<void> {
    const waiting = new Set(claim.assignments.map(({ assignmentId }) => assignmentId));
    const limit = pLimit(this.#concurrency);
    const leftMs = claim.until.getTime() - this.#parts.now().getTime() - claimMarginMs;
    const signal = AbortSignal.any([this.#parts.signal, AbortSignal.timeout(Math.max(0, leftMs))]);
    const results = await Promise.allSettled(
      claim.assignments.map((assignment) =>
        limit(async () => {
          if (this.#stopped !== undefined || signal.aborted) return;
          const done = await work(this.#parts, assignment, signal).catch((error) => this.#fail(error, signal));
          if (done === undefined) return;
          this.#count(done);
          const { assignmentId, conversationId } = assignment;
          this.#parts.log.debug({ assignmentId, conversationId, state: done.state }, 'Assignment');
          if (done.state !== 'accepted') waiting.delete(assignment.assignmentId);
        }),
      ),
    );
    // Rows that were not reached, failed or are not confirmed yet are released at once, so that the
    // next run need not wait for the claim to end.
    await this.#parts.store.release([...waiting], claim.until);
    const failed = results.find((result) => result.status === 'rejected');
    this.#parts.signal.throwIfAborted();
    if (failed) throw failed.reason;
  }

  #count(done: Done): void {
    if (done.isAsked) this.#asked += 1;
    if (done.state === 'left') return;
    if (done.isWritten) this.counts.written += 1;
    this.counts[done.state === 'proposed' ? 'postponed' : done.state] += 1;
    this.#credentialRefusals = done.isCredentialError ? this.#credentialRefusals + 1 : 0;
    if (this.#credentialRefusals < credentialRefusalsMax) return;
    const reason = `Genesys refused the write credentials ${credentialRefusalsMax} times in a row; the rest waits until they are accepted.`;
    this.#stopped ??= { reason, isFailure: true };
  }

  /** Rethrows an error, unless the API's state or the credentials ended the run, which is reported as a sentence. */
  #fail(error: unknown, signal: AbortSignal): undefined {
    if (error instanceof DeferredError) this.#stopped ??= { reason: error.message, isFailure: false };
    else if (error instanceof ApiError || error instanceof UsageError)
      this.#stopped ??= { reason: error.message, isFailure: true };
    else if (!signal.aborted) throw error;
    return undefined;
  }
}
