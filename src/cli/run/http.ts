import { secondMs } from '../../lib/interval.js';
import { version } from '../../lib/version.js';
import { readLedgerFigures, readSchemaState } from '../../postgres/ledger/metrics.js';
import { cached } from '../../service/cached.js';
import { type Service, startServiceUnlessTaken } from '../../service/http-server.js';
import { createMetrics } from '../../service/metrics.js';
import type { Facts, LiveFigures } from '../../service/metrics-catalog.js';
import { type Mount, plain, type Route } from '../../service/routes.js';
import type { CommandContext } from '../app/command.js';
import type { OpenedWithApi } from '../app/open.js';
import type { RunState } from './health.js';

/** Several scrapers share one read of the database. */
const defaultFiguresKeptMs = 10 * secondMs;
const schemaKeptMs = 2 * secondMs;
const databaseWaitMsMax = 3 * secondMs;
/** Callers share one wait; the port answers in any case. */
const clockMs = () => performance.now();

export interface RunServiceOptions {
  readonly context: CommandContext;
  readonly opened: OpenedWithApi;
  readonly state: RunState;
  readonly live?: () => LiveFigures;
  /** Routes besides the three that every `run` has. */
  readonly routes?: readonly Route[];
  /** The web page, if it is switched on. */
  readonly page?: Mount;
}

/** Starts the service port of `run`; undefined where it is switched off or the default port is taken. */
export async function startRunService(options: RunServiceOptions): Promise<Service | undefined> {
  const { config, log } = options.opened;
  const { host, port, isPortGiven, names } = config.service;
  if (port === 0) return undefined;
  const routes = [...(await healthRoutes(options)), ...(options.routes ?? [])];
  const mounts = options.page === undefined ? [] : [options.page];
  const service = await startServiceUnlessTaken({ host, port, isPortGiven, names, routes, mounts, log });
  if (service !== undefined) log.info({ host, port: service.port }, 'The service port is open');
  return service;
}

async function healthRoutes({ context, opened, state, live }: RunServiceOptions): Promise<Route[]> {
  const { pool, api } = opened;
  const ownSchema = await readSchemaState(pool);
  const schema = cached(() => readSchemaState(pool), { keepMs: schemaKeptMs, waitMsMax: databaseWaitMsMax, clockMs });
  const ledger = cached(() => readLedgerFigures(pool, context.now()), {
    keepMs: context.figuresKeptMs ?? defaultFiguresKeptMs,
    waitMsMax: databaseWaitMsMax,
    clockMs,
  });
  const metrics = createMetrics();

  const readinessFault = async (): Promise<string | undefined> => {
    const { value, error } = await schema();
    if (error !== undefined || state.outage?.of === 'database')
      return `The database does not answer${sinceOf(state, 'database')}.`;
    if (value !== ownSchema) return 'The database was migrated by another version of this program; start that one.';
    if (state.isLoginRefused) return `Genesys refuses the login${sinceOf(state, 'genesys')}; check the OAuth client.`;
    if (state.outage !== null) return `Since ${state.outage.since.toISOString()}: ${state.outage.reason}`;
    return undefined;
  };
  const facts = async (): Promise<Facts> => {
    const [known, fault] = await Promise.all([ledger(), readinessFault()]);
    return {
      now: context.now(),
      version,
      ...(known.value !== undefined && { warehouse: known.value }),
      warehouseAgeMs: known.ageMs,
      isDatabaseUp: known.error === undefined,
      isReady: fault === undefined && !context.signal.aborted,
      run: state.figures(),
      api: api.stats(),
      ...(live !== undefined && { live: live() }),
    };
  };
  return [
    get('/healthz', () => verdict(state.livenessFault())),
    get('/readyz', async () => verdict(context.signal.aborted ? 'This process is stopping.' : await readinessFault())),
    get('/metrics', async () => ({
      status: 200,
      contentType: metrics.contentType,
      text: await metrics.text(await facts()),
    })),
  ];
}

function sinceOf({ outage }: RunState, of: 'genesys' | 'database'): string {
  return outage?.of === of ? ` since ${outage.since.toISOString()}` : '';
}

const get = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, handle });

const verdict = (fault: string | undefined) => (fault === undefined ? plain(200, 'ok') : plain(503, fault));
