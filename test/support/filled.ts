import { startSandbox } from '../../src/sandbox/index.js';
import { createDatabase, type TestDatabase, templateDatabase } from './postgres.js';
import { environmentFor, runCommand } from './program.js';

export const filledTimeZone = 'Europe/Berlin';
/** Instant at which the database was first filled; days before it are over. */
export const filledAt = new Date('2026-03-12T15:07:00Z');
const dayMs = 86_400_000;

/** A copy of a database that the program itself has filled from the sandbox: always the same world, seen at two times. */
export async function filledDatabase(): Promise<TestDatabase> {
  return createDatabase(await templateDatabase('filled', fill));
}

/** Pulled once while days run, and again when most of what belongs to them has come to rest. */
async function fill(databaseUrl: string): Promise<void> {
  const sandbox = await startSandbox({
    seed: 11,
    conversationsPerDay: 250,
    agents: 30,
    timeZone: filledTimeZone,
    clock: { kind: 'fixed', at: filledAt },
    requestsPerMinute: 'unlimited',
  });
  try {
    const environment = {
      ...environmentFor(sandbox, databaseUrl),
      GENESYS_WAREHOUSE_START: '3d',
      GENESYS_WAREHOUSE_TIME_ZONE: filledTimeZone,
    };
    for (const laterMs of [0, 4 * dayMs]) {
      sandbox.setNow(new Date(filledAt.getTime() + laterMs));
      const { status, output } = await runCommand(['sync'], sandbox, environment);
      if (status !== 0) throw new Error(`The sync that fills the database ended with ${status}: ${output}`);
    }
  } finally {
    await sandbox.close();
  }
}
