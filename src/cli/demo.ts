import { join } from 'node:path';
import { embeddedDirectory } from '../config/config.js';
import { drain, planAll } from '../engine/sync.js';
import { waitForAbort } from '../lib/abort.js';
import { dayMs, plus } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { readDemoFigures } from '../postgres/demo/figures.js';
import { createDemoReader } from '../postgres/demo/reader.js';
import { startSandbox } from '../sandbox/index.js';
import { type Service, startService } from '../service/http-server.js';
import type { Mount } from '../service/routes.js';
import { type CommandContext, callOf, exitDone } from './app/command.js';
import { type OpenedWithApi, openWithApi } from './app/open.js';
import { openPage } from './app/page.js';
import { createProgress } from './app/progress.js';
import { recordRun, syncContext } from './app/record-run.js';
import { dashboardPort, pageAddress } from './dashboard.js';
import { demoReport } from './demo-report.js';
import { reconcilePulledDays } from './reconcile.js';

const demoDays = 7;
const demoDirectory = 'demo';
const pageHost = '127.0.0.1';

/**
 * Runs the whole program with nothing configured: a simulated organisation, the embedded Postgres
 * in a folder of its own, a week of history, a report of the marts, and the web page over them. On
 * a terminal, or with `keep`, it runs until it is stopped. A second run pulls only what has
 * happened since.
 */
export async function demoCommand(context: CommandContext, options: { readonly keep: boolean }): Promise<number> {
  const sandbox = await startSandbox({ requestsPerMinute: 'unlimited', timeZone: 'UTC' });
  try {
    const opened = await openWithApi(demoContext(context, sandbox));
    try {
      const status = await pullWeek(context, opened);
      if (context.signal.aborted) return status;
      await reconcilePulledDays(opened.pool, context, opened.log);
      const readerUrl = await createDemoReader(opened.pool, opened.databaseUrl);
      const isStaying = options.keep || context.isTerminal;
      const facts = { readerUrl, apiUrl: sandbox.url, demoCall: demoCall(context), isStaying };
      await withPage(context, opened, async (pageUrl) => {
        context.print(demoReport(await readDemoFigures(opened.pool), { ...facts, pageUrl }));
        if (isStaying) await waitForAbort(context.signal);
      });
      return isStaying ? exitDone : status;
    } finally {
      await opened.close();
    }
  } finally {
    await sandbox.close();
  }
}

/** The command that repeats this demo, the way it was started. */
export function demoCall(context: Pick<CommandContext, 'call' | 'environment'>): string {
  return context.environment.npm_lifecycle_event === 'demo' ? 'npm run demo --' : `${callOf(context)} demo`;
}

/** Serves the page while `work` runs. */
async function withPage(
  context: CommandContext,
  { config, databaseUrl, log }: OpenedWithApi,
  work: (pageUrl: string) => Promise<void>,
): Promise<void> {
  const page = await openPage({ config, databaseUrl, now: context.now, log });
  try {
    const service = await startAtFreePort(page.mount, log);
    try {
      await work(pageAddress(pageHost, service.port));
    } finally {
      await service.close();
    }
  } finally {
    await page.close();
  }
}

/**
 * Starts at the usual port, so that an address stays valid from one demo to the next, or at any
 * free port where that one is taken.
 */
async function startAtFreePort(mount: Mount, log: Log): Promise<Service> {
  const options = { host: pageHost, routes: [], mounts: [mount], log };
  try {
    return await startService({ ...options, port: dashboardPort });
  } catch {
    return startService({ ...options, port: 0 });
  }
}

/** Ignores the user's environment on purpose: a demo must not write into a real warehouse. */
function demoContext(
  context: CommandContext,
  sandbox: { url: string; clientId: string; clientSecret: string },
): CommandContext {
  return {
    ...context,
    embeddedDirectory: join(context.directory, embeddedDirectory, demoDirectory),
    environment: {
      GENESYSCLOUD_API_URL: sandbox.url,
      GENESYSCLOUD_OAUTHCLIENT_ID: sandbox.clientId,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: sandbox.clientSecret,
      GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '6000',
      GENESYS_WAREHOUSE_EMBEDDED_BIN: context.environment.GENESYS_WAREHOUSE_EMBEDDED_BIN,
      GENESYS_WAREHOUSE_TIME_ZONE: context.environment.GENESYS_WAREHOUSE_TIME_ZONE,
    },
  };
}

function pullWeek(context: CommandContext, opened: OpenedWithApi): Promise<number> {
  const engine = { ...syncContext(context, opened, []), start: plus(context.now(), -demoDays * dayMs) };
  return recordRun('demo', context, opened, async () => {
    await planAll(engine);
    const everything = { from: plus(engine.start, -dayMs), to: plus(context.now(), dayMs) };
    const progress = await createProgress(opened.pool, engine.streams, everything, context.isTerminal, opened.log);
    try {
      return await drain({ ...engine, onSlice: progress.onSlice }, engine.streams, {
        retryFailedBefore: context.now(),
      });
    } finally {
      progress.stop();
    }
  });
}
