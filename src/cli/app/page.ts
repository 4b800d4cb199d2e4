import type { Config } from '../../config/config.js';
import { createDashboard } from '../../dashboard/app.js';
import { minuteMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { version } from '../../lib/version.js';
import { openMartReader } from '../../postgres/dashboard/mart-reader.js';
import type { Mount } from '../../service/routes.js';

export interface PageOptions {
  readonly config: Pick<Config, 'dashboard' | 'granularity'>;
  readonly databaseUrl: string;
  readonly now: () => Date;
  readonly log: Log;
}

export interface Page {
  readonly mount: Mount;
  close(): Promise<void>;
}

/** Allows for a long file to a slow client; ordinary responses end with their statement's time-out. */
const answerMsMax = 5 * minuteMs;
/** Enough for a password in its JSON object. */
const bodyBytesMax = 4_096;
const minutes = { PT15M: 15, PT30M: 30, PT1H: 60 } as const;

/** Opens the web page over schema mart, to be mounted on a server, with database connections of its own. */
export async function openPage({ config, databaseUrl, now, log }: PageOptions): Promise<Page> {
  const { password, role } = config.dashboard;
  const reader = await openMartReader({
    connectionString: databaseUrl,
    log,
    ...(role !== undefined && { role }),
  });
  try {
    const { fetch } = await createDashboard({
      reader,
      now,
      version,
      granularityMinutes: minutes[config.granularity],
      log,
      ...(password !== undefined && { password }),
    });
    return {
      mount: { prefix: '/', methods: ['GET', 'POST'], bodyBytesMax, answerMsMax, fetch },
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
