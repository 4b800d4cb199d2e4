import type pg from 'pg';
import {
  type DivisionAccess,
  grantDivisions,
  listDivisionAccess,
  revokeDivisions,
} from '../postgres/division-access.js';
import { type CommandContext, exitDone } from './app/command.js';
import type { Opened } from './app/open.js';
import { table } from './app/table.js';
import { withMigratedDatabase } from './app/with-open.js';

/** Grants a role of the database access to divisions. From the first grant on, the role sees no others. */
export function accessGrantCommand(
  context: CommandContext,
  role: string,
  divisions: readonly string[],
): Promise<number> {
  return onMigrated(context, async ({ pool, log }) => {
    const facts = await grantDivisions(pool, role, divisions);
    log.info({ role, divisions: divisions.length }, 'Division access granted');
    if (facts.isUnlimited)
      log.warn({ role }, 'This role owns the warehouse or is a superuser: it sees all divisions regardless of grants');
    else if (!facts.isReader)
      log.warn({ role }, `This role cannot read anything yet; run: grant genesys_reader to ${role}`);
  });
}

/**
 * Revokes divisions from a role, all of them when none is named. A role without any sees everything
 * again, which is logged.
 */
export function accessRevokeCommand(
  context: CommandContext,
  role: string,
  divisions: readonly string[],
): Promise<number> {
  return onMigrated(context, async ({ pool, log }) => {
    const { revokedCount, leftCount } = await revokeDivisions(pool, role, divisions);
    log.info({ role, revokedCount, leftCount }, 'Division access revoked');
    if (revokedCount > 0 && leftCount === 0)
      log.warn({ role }, 'This role has no division left and sees all of them now');
  });
}

/** Prints who may see which divisions. */
export function accessListCommand(context: CommandContext, options: { readonly json: boolean }): Promise<number> {
  return onMigrated(context, async ({ pool }) => {
    const access = await listDivisionAccess(pool);
    context.print(options.json ? JSON.stringify(access, null, 2) : accessTable(access));
  });
}

function accessTable(access: readonly DivisionAccess[]): string {
  if (access.length === 0) return 'No role is limited: every role that reads schema mart sees all divisions.';
  const rows = access.map(({ role, divisionName, divisionId, grantedAt, isRole }) => [
    role,
    divisionName,
    divisionId,
    grantedAt.toISOString(),
    isRole ? 'active' : 'no such role',
  ]);
  return table(['role', 'division', 'division_id', 'granted_at', 'state'], rows);
}

async function onMigrated(
  context: CommandContext,
  work: (opened: Opened & { readonly pool: pg.Pool }) => Promise<void>,
): Promise<number> {
  return withMigratedDatabase(context, async (opened) => {
    await work(opened);
    return exitDone;
  });
}
