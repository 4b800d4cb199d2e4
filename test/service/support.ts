import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Timing } from '../../src/cli/app/command.js';
import type { Sandbox } from '../../src/sandbox/index.js';
import { environmentFor, runCommand } from '../support/program.js';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface Running {
  readonly url: string;
  /** Status and text of a route of the service port. */
  get(path: string): Promise<{ status: number; text: string }>;
  /** The value of a metric, or undefined; `labels` as they are written between the braces. */
  metric(name: string, labels?: string): Promise<number | undefined>;
  readonly stop: () => Promise<{ status: number; output: string }>;
}

/** `run` in this process, ticking every second, with its service port open. */
export async function startRun(
  sandbox: Sandbox,
  databaseUrl: string,
  args: readonly string[],
  extra: Record<string, string> = {},
  timing?: Timing,
): Promise<Running> {
  const port = await freePort();
  const stopping = new AbortController();
  const environment = {
    ...environmentFor(sandbox, databaseUrl),
    GENESYS_WAREHOUSE_SERVICE_PORT: String(port),
    GENESYS_WAREHOUSE_START: '1d',
    ...extra,
  };
  const ended = runCommand(
    ['run', '--schedule', '* * * * * *', ...args],
    sandbox,
    environment,
    stopping.signal,
    timing,
  );
  const url = `http://127.0.0.1:${port}`;
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await until(async () => {
    if (isOver) throw new Error(`run ended: ${(await ended).output}`);
    return get('/healthz').then(
      () => true,
      () => false,
    );
  });
  return {
    url,
    get,
    metric: async (name, labels = '') => metricOf((await get('/metrics')).text, name, labels),
    stop: () => {
      stopping.abort(new Error('The test is over.'));
      return ended;
    },
  };
}

export function metricOf(text: string, name: string, labels = ''): number | undefined {
  const start = labels === '' ? `${name} ` : `${name}{${labels}} `;
  const line = text.split('\n').find((candidate) => candidate.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(start.length));
}

const polls = 600;

/** Waits until a condition holds; the test's own time-out is the bound that matters. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < polls; poll += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('What the test waited for did not happen.');
}
