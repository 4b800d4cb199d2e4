import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';
import { findPostmaster, isRunning } from '../../src/postgres/embedded/process.js';

// Killing processes loses nothing that was handed to the system, so that a machine's own flushes may be spared here.
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '120',
  shared_buffers: '128MB',
  max_wal_size: '256MB',
  checkpoint_timeout: '30s',
};
const endedPolls = 1_000;
const pollMs = 10;

/** A real Postgres of its own that can be stopped the hard way and started again. */
export class StormServer {
  readonly #directory: string;
  #url: URL;

  private constructor(directory: string, url: string) {
    this.#directory = directory;
    this.#url = new URL(url);
  }

  static async start(): Promise<StormServer> {
    const directory = await mkdtemp(join(tmpdir(), `genesys-warehouse-chaos-${process.pid}-`));
    // Started by root, the server is somebody else.
    await chmod(directory, 0o755);
    const { url } = await startEmbeddedPostgres({ dataDirectory: directory, settings });
    return new StormServer(directory, url);
  }

  get port(): number {
    return Number(this.#url.port);
  }

  /** As seen by the program, which comes through `port`; the server's own unless given. */
  url(database: string, port = this.port): string {
    const url = new URL(this.#url);
    url.pathname = `/${database}`;
    url.port = String(port);
    return url.href;
  }

  /** SIGQUIT ends all sessions at once without a checkpoint; SIGKILL takes the server away from under them. */
  async stopHard(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const postmaster = await findPostmaster(join(this.#directory, 'cluster', 'data'));
    if (postmaster === undefined) return;
    process.kill(postmaster.pid, signal);
    for (let poll = 0; poll < endedPolls && isRunning(postmaster.pid); poll += 1) await pause(pollMs);
  }

  async startAgain(): Promise<void> {
    const { url } = await startEmbeddedPostgres({ dataDirectory: this.#directory, settings });
    this.#url = new URL(url);
  }

  /** A connection of its own, past the proxy. */
  async withClient<T>(database: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 10_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  async remove(): Promise<void> {
    await this.stopHard('SIGQUIT');
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
