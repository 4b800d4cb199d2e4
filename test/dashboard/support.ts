import { createDashboard } from '../../src/dashboard/app.js';
import { createLog } from '../../src/lib/log.js';
import type { MartReader } from '../../src/model/mart-reader.js';
import { openMartReader } from '../../src/postgres/dashboard/mart-reader.js';
import { startService } from '../../src/service/http-server.js';
import { filledAt } from '../support/filled.js';

/** Four days after the filled database was first filled, when it was pulled for the second time. */
export const pageNow = new Date(filledAt.getTime() + 4 * 86_400_000);
/** The last day that is whole in it, in the reporting zone. */
export const wholeDay = '2026-03-15';

export interface ServedPage {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: string;
  readonly reader: MartReader;
  readonly logLines: string[];
  json<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<{ status: number; body: T }>;
  close(): Promise<void>;
}

export interface ServedOptions {
  readonly databaseUrl: string;
  readonly role?: string;
  readonly password?: string;
  readonly now?: () => Date;
}

/** The page as the program serves it, on a port of its own. */
export async function servePage(options: ServedOptions): Promise<ServedPage> {
  const { databaseUrl, role, password, now = () => pageNow } = options;
  const logLines: string[] = [];
  const log = createLog({ level: 'info', terminal: false, destination: { write: (line) => void logLines.push(line) } });
  const reader = await openMartReader({
    connectionString: databaseUrl,
    log,
    ...(role !== undefined && { role }),
  });
  const { fetch: handle } = await createDashboard({
    reader,
    now,
    version: '0.0.0',
    granularityMinutes: 30,
    log,
    ...(password !== undefined && { password }),
  });
  const mount = { prefix: '/', methods: ['GET', 'POST'], bodyBytesMax: 4_096, fetch: handle } as const;
  const service = await startService({ host: '127.0.0.1', port: 0, routes: [], mounts: [mount], log });
  const url = `http://127.0.0.1:${service.port}`;
  return {
    url,
    reader,
    logLines,
    json: async <T>(path: string, init?: RequestInit) => {
      const response = await fetch(url + path, init);
      return { status: response.status, body: (await response.json()) as T };
    },
    close: async () => {
      await service.close();
      await reader.close();
    },
  };
}

/** Values with which every named query can be asked, by parameter name. */
export const sampleValues: Readonly<Record<string, string>> = {
  day: wholeDay,
  from: '2026-03-12',
  to: wholeDay,
  minutes: '30',
  grain: 'day',
  step: 'day',
  by: 'queue',
  user: '00000000-0000-4000-8000-000000000001',
  conversation: '00000000-0000-4000-8000-000000000001',
};
