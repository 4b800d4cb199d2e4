import type { LakeConfig } from '../../config/lake.js';
import { asError } from '../../lib/errors.js';
import { dropLease, registerLake, renewLease, takeLease } from '../../postgres/lake/lakes.js';
import { readOrganization } from '../../postgres/ledger/organization.js';
import type { CommandContext } from '../app/command.js';
import { errorFacts } from '../app/error-text.js';
import type { OpenedWithApi } from '../app/open.js';
import { exportLake } from '../lake/export-lake.js';
import { type OpenedLake, openLake } from '../lake/open-lake.js';

/**
 * Keeps the lake of `GENESYS_WAREHOUSE_LAKE_URL` current: starts an export after each tick, one at
 * a time, concurrent with the following ticks.
 */
export class LakeFollower {
  readonly #context: CommandContext;
  readonly #opened: OpenedWithApi;
  #lake: OpenedLake | undefined;
  /** Months become final once a day at most. */
  #compactedOn: string | undefined;
  #current: Promise<void> | undefined;

  constructor(context: CommandContext, opened: OpenedWithApi) {
    this.#context = context;
    this.#opened = opened;
  }

  /**
   * Starts an export unless one is running or no lake is configured. A failed export is logged and
   * repeated after the next tick.
   */
  follow(): void {
    const wanted = this.#opened.config.lake;
    if (wanted === undefined || this.#context.signal.aborted) return;
    this.#current ??= this.#export(wanted)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#current = undefined;
      });
  }

  async settled(): Promise<void> {
    await this.#current;
  }

  async #export({ url, isRaw, isPersonal }: LakeConfig): Promise<void> {
    const { pool, log } = this.#opened;
    const organization = await readOrganization(pool);
    if (organization === undefined) return log.warn('Lake waits until the organization is known');
    const { address, store } = await this.#open(url);
    const now = this.#context.now;
    const lake = await registerLake(pool, address, { isRaw, isPersonal }, now(), true);
    if (!(await takeLease(pool, lake))) return log.debug({ lake: address }, 'Lake is exported by another process');
    const renew = () => void renewLease(pool, lake).catch(() => {});
    try {
      const work = { pool, log, store, lake, organizationId: organization.id, now, signal: this.#context.signal };
      const today = now().toISOString().slice(0, 10);
      const isCompacting = this.#compactedOn !== today;
      const { rows, files, bytes } = await exportLake({ ...work, isCompacting, onTable: renew });
      this.#compactedOn = today;
      await dropLease(pool, lake);
      if (files > 0) log.info({ lake: address, rows, files, bytes }, 'Lake exported');
    } catch (error) {
      await dropLease(pool, lake, asError(error).message).catch(() => {});
      throw error;
    }
  }

  async #open(url: string): Promise<OpenedLake> {
    if (this.#lake !== undefined) return this.#lake;
    this.#lake = await openLake(this.#context, url, true);
    return this.#lake;
  }

  #failed(error: unknown): void {
    if (this.#context.signal.aborted) return;
    this.#opened.log.error(errorFacts(error), 'Lake export failed; the next tick repeats it');
  }
}
