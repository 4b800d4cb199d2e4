import type pg from 'pg';
import { secondMs } from '../../lib/interval.js';
import type { ClaimOptions } from '../../model/extraction.js';
import { dropClaim, renewClaims } from './claims.js';
import { type ClaimedSlice, claimSlice } from './slices.js';

export const heartbeatMs = 20 * secondMs;

/**
 * Holds the one connection with which the claims of a process end, so that a slice that only waits
 * for a response needs no connection. It is open while there are claims. When it breaks, the next
 * one takes over the claims that nobody else has taken meanwhile.
 */
export class ClaimSession {
  readonly #pool: pg.Pool;
  readonly #claimIds = new Set<string>();
  #users = 0;
  #connecting: Promise<pg.PoolClient> | undefined;
  #broken: Error | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Claims the most urgent due slice; null when there is none. */
  async claim(options: ClaimOptions): Promise<ClaimedSlice | null> {
    this.#users += 1;
    try {
      const claimed = await claimSlice(await this.#connection(), options);
      if (claimed === null) await this.#leave();
      else this.#begin(claimed.claimId);
      return claimed;
    } catch (error) {
      this.#broken ??= error as Error;
      await this.#leave();
      throw error;
    }
  }

  /** Releases a claim. When the database cannot be reached, the claim ends with the connection. */
  async release(claimId: string): Promise<void> {
    this.#claimIds.delete(claimId);
    await dropClaim(this.#pool, claimId).catch((error: Error) => {
      this.#broken ??= error;
    });
    await this.#leave();
  }

  #begin(claimId: string): void {
    this.#claimIds.add(claimId);
    this.#timer ??= setInterval(() => void this.#renew(), heartbeatMs).unref();
  }

  #connection(): Promise<pg.PoolClient> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    client.once('end', () => this.#lost(client));
    return client;
  }

  #lost(client: pg.PoolClient): void {
    if (this.#connecting === undefined) return;
    this.#connecting = undefined;
    this.#broken = undefined;
    client.release(new Error('The connection of the claims has ended.'));
    void this.#renew();
  }

  /** Renews the claims. Ignores errors: an unreachable database is reported by the pulls, and the next heartbeat tries again. */
  async #renew(): Promise<void> {
    if (this.#claimIds.size === 0) return;
    try {
      await renewClaims(await this.#connection(), [...this.#claimIds]);
    } catch {}
  }

  /** Releases a claim; the last one returns the connection to the pool, or closes it after an error. */
  async #leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    const connecting = this.#connecting;
    const broken = this.#broken;
    this.#connecting = undefined;
    this.#broken = undefined;
    const client = await connecting?.catch(() => undefined);
    client?.removeAllListeners('end');
    client?.release(broken);
  }
}
