import { setTimeout as pause } from 'node:timers/promises';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/lib/interval.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { migrate } from '../../src/postgres/migrate.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { connectionFaultKinds, drawConnectionFault } from './connection-faults.js';
import type { Counters } from './counters.js';
import { countRequests } from './counters.js';
import { Counts } from './counts.js';
import { DatabaseStorm, databaseFaults, prepareDatabase } from './database-storm.js';
import { drawLife, isMisbehaviour, live, startProgram } from './extractors.js';
import { FaultSchedule } from './fault-schedule.js';
import { HostileReader, prepareReader, readerFaults } from './hostile-reader.js';
import { DatabaseProxy } from './proxy.js';
import { Random } from './random.js';
import { StormServer } from './storm-server.js';
import { Pace } from './throttle.js';

export interface StormOptions {
  readonly seed: number;
  readonly secondsMin: number;
  /** The storm ends then, whatever has not happened yet. */
  readonly secondsMax: number;
  readonly killsMin: number;
  readonly faultsMin: number;
  /** Processes at a time. */
  readonly extractors: number;
  readonly conversationsPerDay: number;
  readonly agents: number;
  readonly longRetryAfterSeconds: number;
  readonly say: (line: string) => void;
}

export const stormDatabase = 'storm';
/** The organisation's history is asked for from so long before the storm on: as far as the stream of recent conversations reaches. */
const historyMs = 2 * dayMs;
/** Speed of the organisation's time, relative to the machine's. */
const factor = 300;
const tickMs = 100;
const phaseMs = { min: 500, max: 4_000 };
/** State after the storm. */
export interface AfterStorm {
  readonly sandbox: Sandbox;
  readonly server: StormServer;
  readonly proxyPort: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly firstMs: number;
  readonly restated: ReadonlySet<string>;
  readonly counters: Counters;
  readonly reader: HostileReader;
  close(): Promise<void>;
}

/** Runs the program against a misbehaving API and a misbehaving database, killing it again and again. */
export async function runStorm(options: StormOptions): Promise<AfterStorm> {
  const storm = await Storm.prepare(options);
  try {
    await storm.run();
    return await storm.end();
  } catch (error) {
    await storm.close();
    throw error;
  }
}

class Storm {
  readonly #options: StormOptions;
  readonly #sandbox: Sandbox;
  readonly #server: StormServer;
  readonly #schedule: FaultSchedule;
  readonly #counters: Counters = {
    faults: new Counts(),
    recordFaults: new Counts(),
    kills: new Counts(),
    endings: new Counts(),
    requests: new Counts(),
    answered: new Counts(),
    committed: new Counts(),
    misbehaved: [],
    kindsMissing: [],
    seconds: 0,
    organisationHours: 0,
  };
  readonly #restated = new Set<string>();
  readonly #pace = new Pace();
  readonly #startedMs = performance.now();
  readonly #firstMs: number;
  #proxy!: DatabaseProxy;
  #proxyPort = 0;
  #environment: Record<string, string> = {};
  readonly #reader: HostileReader;
  readonly #kindsDue: Set<string>;
  #isOver = false;

  private constructor(options: StormOptions, sandbox: Sandbox, server: StormServer) {
    this.#options = options;
    this.#sandbox = sandbox;
    this.#server = server;
    this.#firstMs = sandbox.now().getTime() - (sandbox.now().getTime() % dayMs) - historyMs;
    this.#schedule = new FaultSchedule(this.#random('schedule'), options);
    this.#kindsDue = new Set([...databaseFaults, ...connectionFaultKinds, ...readerFaults, ...this.#schedule.names]);
    this.#reader = new HostileReader({
      server,
      database: stormDatabase,
      random: this.#random('reader'),
      counts: { add: (fault) => this.#count(fault) },
      pace: this.#pace,
      onBreach: (text) => this.#counters.misbehaved.push(text),
    });
  }

  static async prepare(options: StormOptions): Promise<Storm> {
    const server = await StormServer.start();
    const sandbox = await startSandbox({
      seed: options.seed,
      conversationsPerDay: options.conversationsPerDay,
      agents: options.agents,
      clock: { kind: 'fixed', at: new Date('2026-03-11T10:00:00Z') },
      requestsPerMinute: 'unlimited',
      jobDurationMs: 5,
      requestLogMax: 1_000_000,
    });
    const storm = new Storm(options, sandbox, server);
    await storm.#open();
    return storm;
  }

  async #open(): Promise<void> {
    const random = this.#random('connections');
    this.#proxy = new DatabaseProxy({
      targetPort: () => this.#server.port,
      draw: () => drawConnectionFault(random, this.#kindsDue),
      onFault: (fault) =>
        this.#count(`connection ${fault.kind === 'cut' ? 'cut' : 'hung'}${fault.isInCopy ? ' in COPY' : ''}`),
      hangMs: 3 * secondMs,
    });
    this.#proxyPort = await this.#proxy.listen();
    await this.#server.withClient('postgres', (client) => client.query(`create database ${stormDatabase}`));
    const pool = createPool({
      connectionString: this.#server.url(stormDatabase),
      applicationName: 'chaos',
      max: 2,
      statementTimeoutMs: minuteMs,
    });
    await migrate(pool, { timeZone: 'UTC' }).finally(() => pool.end());
    await prepareDatabase(this.#server, stormDatabase);
    await prepareReader(this.#server, stormDatabase);
    this.#environment = {
      GENESYSCLOUD_API_URL: this.#sandbox.url,
      GENESYSCLOUD_OAUTHCLIENT_ID: this.#sandbox.clientId,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: this.#sandbox.clientSecret,
      GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '10000',
      GENESYS_WAREHOUSE_SERVICE_PORT: '0',
      GENESYS_WAREHOUSE_START: new Date(this.#firstMs).toISOString(),
      DATABASE_URL: this.#server.url(stormDatabase, this.#proxyPort),
    };
  }

  #random(label: string): Random {
    return new Random(this.#options.seed, label);
  }

  #count(fault: string): void {
    this.#counters.faults.add(fault);
    this.#kindsDue.delete(fault);
  }

  async run(): Promise<void> {
    const ticking = setInterval(() => this.#sandbox.advance(tickMs * factor), tickMs);
    const isOver = () => this.#isOver;
    const database = new DatabaseStorm(
      this.#server,
      stormDatabase,
      this.#random('database'),
      {
        add: (fault: string, by = 1) => {
          this.#counters.faults.add(fault, by);
          this.#kindsDue.delete(fault);
        },
      },
      this.#pace,
    );
    try {
      await Promise.all([
        ...Array.from({ length: this.#options.extractors }, (_, slot) => this.#extract(slot)),
        this.#storm(),
        this.#restate(),
        database.injectFaults(isOver),
        this.#reader.injectFaults(isOver),
      ]);
    } finally {
      clearInterval(ticking);
    }
  }

  async #extract(slot: number): Promise<void> {
    const random = this.#random(`extractor ${slot}`);
    while (!this.#isOver) {
      const orgMs = this.#sandbox.now().getTime();
      const life = drawLife(random, orgMs, this.#firstMs);
      const clock = { orgMs, machineMs: Date.now(), factor, ...life.clock };
      if (life.clock.skewMs !== undefined || life.clock.jumpMs !== undefined) this.#count('clock that jumps');
      const child = startProgram(life.args, clock, this.#environment);
      const ended = await live(child, life, this.#pace);
      if (ended.signal === 'SIGKILL') this.#counters.kills.add(String(life.args[0]));
      this.#counters.endings.add(ended.signal ?? `status ${ended.status}`);
      if (isMisbehaviour(ended))
        this.#counters.misbehaved.push(`${life.args.join(' ')}: ${ended.errors.slice(-3_000)}`);
      this.#sayEnd(life.args, ended);
    }
  }

  #sayEnd(args: readonly string[], { status, errors }: { status: number | null; errors: string }): void {
    if (status === null || status === 0) return;
    const last = errors.trim().split('\n').at(-1) ?? '';
    this.#options.say(`  ${args[0]} ended with ${status}: ${last.slice(0, 400)}`);
  }

  /** The API's phases, each until what it is about has struck. */
  async #storm(): Promise<void> {
    for (let phases = 0; !this.#isOver; phases += 1) {
      const { kinds, settings } = this.#schedule.next();
      this.#sandbox.setFaults(settings);
      const startedMs = performance.now();
      let waiting = kinds;
      for (
        let elapsedMs = 0;
        !this.#isOver && elapsedMs < phaseMs.max * this.#pace.factor;
        elapsedMs = performance.now() - startedMs
      ) {
        await pause(tickMs);
        const struck = this.#sandbox.faultsInjected();
        waiting = waiting.filter(({ fault }) => !struck[fault]);
        if (waiting.length === 0 && elapsedMs > phaseMs.min) break;
      }
      for (const kind of kinds) if (!waiting.includes(kind)) this.#kindsDue.delete(kind.name);
      this.#collect();
      this.#isOver ||= this.#isEnough(phases);
    }
    this.#sandbox.setFaults({});
  }

  #collect(): void {
    for (const [fault, count] of Object.entries(this.#sandbox.faultsInjected()))
      (isRecordFault(fault) ? this.#counters.recordFaults : this.#counters.faults).add(fault, count);
    countRequests(this.#sandbox.requests(), this.#counters);
    this.#sandbox.resetRequests();
  }

  #isEnough(phases: number): boolean {
    const { secondsMin, secondsMax, killsMin, faultsMin } = this.#options;
    const seconds = (performance.now() - this.#startedMs) / secondMs;
    if (phases % 10 === 9)
      this.#options.say(
        `${Math.round(seconds)} s: ${this.#counters.kills.total} kills, ${this.#counters.faults.total} faults, ${this.#counters.recordFaults.total} records returned wrongly, pace ${this.#pace.factor.toFixed(1)}`,
      );
    if (seconds >= secondsMax) return true;
    const isAll = this.#kindsDue.size === 0;
    return (
      isAll &&
      seconds >= secondsMin &&
      this.#counters.kills.total >= killsMin &&
      this.#counters.faults.total + this.#counters.recordFaults.total >= faultsMin
    );
  }

  /** Records change behind the extractor's back, and occasionally hours pass at once. */
  async #restate(): Promise<void> {
    const random = this.#random('restatements');
    for (let round = 0; !this.#isOver; round += 1) {
      await pause(secondMs);
      const nowMs = this.#sandbox.now().getTime();
      const dayStartMs = this.#firstMs + random.whole(0, Math.floor((nowMs - this.#firstMs) / dayMs)) * dayMs;
      const known = this.#sandbox.world.conversationsOfDay(dayStartMs).filter(({ startMs }) => startMs < nowMs);
      if (known.length > 0) {
        const { id } = random.pick(known);
        this.#sandbox.restate({ conversationId: id, patch: { externalTag: `restated ${round}` } });
        this.#restated.add(id);
        this.#counters.recordFaults.add('restated');
      }
      if (round % 30 === 10) this.#sandbox.advance(random.whole(1, 5) * hourMs);
    }
  }

  async end(): Promise<AfterStorm> {
    this.#collect();
    this.#proxy.stopFaults();
    this.#sandbox.setFaults({});
    this.#counters.seconds = Math.round((performance.now() - this.#startedMs) / secondMs);
    this.#counters.kindsMissing = [...this.#kindsDue];
    const commits = await this.#server.withClient(stormDatabase, (client) =>
      client.query<{ stream: string; pages: number }>(
        'select stream, sum(pages)::int as pages from chaos.commits group by stream',
      ),
    );
    for (const { stream, pages } of commits.rows) this.#counters.committed.add(stream, pages);
    return {
      sandbox: this.#sandbox,
      server: this.#server,
      proxyPort: this.#proxyPort,
      environment: this.#environment,
      firstMs: this.#firstMs,
      restated: this.#restated,
      counters: this.#counters,
      reader: this.#reader,
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    await this.#reader.leave();
    await this.#proxy.close();
    await this.#sandbox.close();
    await this.#server.remove();
  }
}

function isRecordFault(fault: string): boolean {
  return [
    'unknownFields',
    'unknownEnums',
    'nulCharacters',
    'malformedRecords',
    'changingRecords',
    'deletedEntities',
  ].includes(fault);
}
