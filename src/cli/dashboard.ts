import type { Config } from '../config/config.js';
import { dashboardFault } from '../config/dashboard.js';
import { waitForAbort } from '../lib/abort.js';
import { UsageError } from '../lib/errors.js';
import type { Log } from '../lib/log.js';
import { portFault, type Service, startService } from '../service/http-server.js';
import type { Mount } from '../service/routes.js';
import { type CommandContext, exitDone } from './app/command.js';
import { openPage } from './app/page.js';
import { withDatabase } from './app/with-open.js';

/** Differs from the service port of `run`, which may be running on the same machine. */
export const dashboardPort = 8485;

/** Serves the page alone until it is stopped; its address goes to standard output. */
export async function dashboardCommand(
  context: CommandContext,
  { port = dashboardPort }: { readonly port?: number },
): Promise<number> {
  return withDatabase(context, async (opened) => {
    const { config, log, databaseUrl } = opened;
    const fault = dashboardFault(config.service, config.dashboard);
    if (fault !== undefined) throw new UsageError(fault);
    const page = await openPage({ config, databaseUrl, now: context.now, log });
    try {
      const service = await startPage(page.mount, config, { port, log });
      context.print(pageAddress(config.service.host, service.port));
      await waitForAbort(context.signal);
      await service.close();
    } finally {
      await page.close();
    }
    return exitDone;
  });
}

/** The address to put into a browser. */
export function pageAddress(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}

async function startPage(
  mount: Mount,
  { service: { host, names } }: Pick<Config, 'service'>,
  { port, log }: { readonly port: number; readonly log: Log },
): Promise<Service> {
  try {
    return await startService({ host, port, names, routes: [], mounts: [mount], log });
  } catch (error) {
    throw new UsageError(portFault(error, { host, port }, 'choose another with --port'), { cause: error });
  }
}
