import type { TestProject } from 'vitest/node';
import { openStage } from './global-setup.js';
import { installVersion, projectPrefix } from './postgres-versions.js';
import { startEmbedded } from './test-server.js';

/** Gives a project such as `postgres-14` a server of that version. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const version = project.name.slice(projectPrefix.length);
  const packageDirectory = await installVersion(version);
  const { url, databasePrefix, stop } = await openStage(() => startEmbedded(`Postgres ${version}`, packageDirectory));
  project.provide('postgresUrl', url);
  project.provide('databasePrefix', databasePrefix);
  return stop;
}
