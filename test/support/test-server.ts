import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newestVersion } from '../../src/postgres/connection/versions.js';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';
import { isRunning } from '../../src/postgres/embedded/process.js';
import { scratchFolder } from './scratch.js';

export interface TestServer {
  /** URL for a role that may create databases and roles. */
  readonly url: string;
  /** Says which server it is, for one line of output. */
  readonly label: string;
  stop(): Promise<void>;
}

const image = `postgres:${newestVersion}`;
const probeMsMax = 5_000;
const startMsMax = 180_000;
const directoryPrefix = 'genesys-warehouse-test-';
const readyLine = /ready to accept connections/;
/** The image starts the server once to initialise it and once to serve. */
const readyLineCount = 2;
const connectionsMax = '200';

// A test database need not survive a power cut.
const fastSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: connectionsMax,
};

/** `TEST_DATABASE_URL`, else a container where a Docker engine answers, else the embedded Postgres. */
export async function startTestServer(environment: NodeJS.ProcessEnv): Promise<TestServer> {
  const given = environment.TEST_DATABASE_URL;
  if (given) return { url: given, label: `TEST_DATABASE_URL (${new URL(given).host})`, stop: async () => {} };
  const why = mayHaveEngine(environment) ? await inContainer() : 'no Docker engine';
  return typeof why === 'string' ? embedded(why) : why;
}

/** Returns false on most machines without an engine, cheaply: loading the client takes a second. */
function mayHaveEngine(environment: NodeJS.ProcessEnv): boolean {
  const sockets = [
    '/var/run/docker.sock',
    join(environment.XDG_RUNTIME_DIR ?? '/nowhere', 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    join(homedir(), '.testcontainers.properties'),
  ];
  return environment.DOCKER_HOST !== undefined || sockets.some((path) => existsSync(path));
}

/** A server, or the reason why there is none. */
async function inContainer(): Promise<TestServer | string> {
  const { getContainerRuntimeClient, Wait } = await import('testcontainers');
  const probe = getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
  if (!(await Promise.race([probe, pause(probeMsMax, false, { ref: false })])))
    return 'the Docker engine does not answer';
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const settings = Object.entries(fastSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    const container = await new PostgreSqlContainer(image)
      .withCommand(['postgres', ...settings])
      // The default waits for a health check, which not every engine runs.
      .withWaitStrategy(Wait.forLogMessage(readyLine, readyLineCount))
      .withStartupTimeout(startMsMax)
      .start();
    const stop = async () => void (await container.stop());
    return { url: container.getConnectionUri(), label: `Testcontainers (${image})`, stop };
  } catch (error) {
    return `the container did not start: ${(error as Error).message}`;
  }
}

async function embedded(why: string): Promise<TestServer> {
  return startEmbedded(`embedded Postgres (${why})`);
}

/** An own server, of the Postgres that `packageDirectory` holds or of the installed one. Its folder goes with it. */
export async function startEmbedded(label: string, packageDirectory?: string): Promise<TestServer> {
  await removeLeftovers();
  const dataDirectory = await mkdtemp(join(scratchFolder(), `${directoryPrefix}${process.pid}-`));
  // Made for one user only; started by root, the server is somebody else.
  await chmod(dataDirectory, 0o755);
  const server = await startEmbeddedPostgres({
    dataDirectory,
    settings: fastSettings,
    ...(packageDirectory !== undefined && { packageDirectory }),
  });
  const stop = async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  };
  return { url: server.url, label, stop };
}

/** Removes databases of test runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(scratchFolder())) {
    const maker = name.startsWith(directoryPrefix)
      ? Number.parseInt(name.slice(directoryPrefix.length), 10)
      : Number.NaN;
    if (maker > 0 && !isRunning(maker)) await rm(join(scratchFolder(), name), { recursive: true, force: true });
  }
}
