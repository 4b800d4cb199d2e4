import { hourMs } from '../../lib/interval.js';
import { createAssignmentStore } from '../../postgres/wrapup/sending.js';
import { allowListOf } from '../../wrapup/rules/allow-list.js';
import { applyAssignments } from '../../wrapup/writeback/apply.js';
import { type CommandContext, timingOf } from '../app/command.js';
import type { OpenedWithApi } from '../app/open.js';
import { settleWriter } from '../app/organization.js';
import { openWriter } from '../wrapup/writer.js';
import type { ApplyDecided } from './rule-worker.js';

export interface RunApply {
  readonly apply: ApplyDecided;
  close(): Promise<void>;
}

/** Opens writing within `run`. Because this run does not end, `writesPerRunMax` applies per hour. */
export async function openRunApply(context: CommandContext, opened: OpenedWithApi): Promise<RunApply> {
  const writer = await openWriter(context, opened);
  const { api, actor } = writer;
  const { signal } = context;
  // Checked before the first write and not at the start, which must succeed while the API is
  // unreachable.
  let isChecked = false;
  const { now } = opened.clock;
  const { log, pool } = opened;
  const store = createAssignmentStore(pool, { now, actor: `run --wrapup as ${actor}` });
  const hourly = new HourlyBound(() => performance.now());
  const apply: ApplyDecided = async ({ rules, directory }, scope) => {
    if (rules.writeback === undefined) return;
    const { queueIds, wrapupCodes, writesMax } = allowListOf(rules.writeback, directory);
    const left = hourly.left(writesMax);
    if (left === 0) {
      log.warn({ writesMax }, 'Hourly write limit of the rules file reached; remaining codes wait');
      return;
    }
    if (!isChecked) await settleWriter(opened, writer);
    isChecked = true;
    const summary = await applyAssignments(
      { api, store, now, signal, sleep: timingOf(context).sleep, log },
      { queueIds, wrapupCodes, writesMax: left, ...scope },
    );
    hourly.take(summary.asked);
    const { stopped, ...counts } = summary;
    if (Object.values(counts).some((count) => count > 0)) log.info(counts, 'Written to Genesys');
    if (stopped !== undefined) log[stopped.isFailure ? 'error' : 'warn'](stopped.reason);
  };
  return { apply, close: () => api.close() };
}

/** Tracks how much of a limit is left in the current hour. */
export class HourlyBound {
  readonly #clockMs: () => number;
  #sinceMs: number;
  #taken = 0;

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
    this.#sinceMs = clockMs();
  }

  left(max: number): number {
    if (this.#clockMs() - this.#sinceMs >= hourMs) {
      this.#sinceMs = this.#clockMs();
      this.#taken = 0;
    }
    return Math.max(0, max - this.#taken);
  }

  take(count: number): void {
    this.#taken += count;
  }
}
