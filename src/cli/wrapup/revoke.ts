import { UsageError } from '../../lib/errors.js';
import { readAssigningRules, revoke } from '../../postgres/wrapup/closing.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { requireOrder } from '../app/range.js';
import { withMigratedDatabase } from '../app/with-open.js';

export interface WrapupRevokeOptions {
  readonly rule: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Revokes a rule's assignments in the warehouse: they are no longer active, and reports show what Genesys says. */
export async function wrapupRevokeCommand(context: CommandContext, options: WrapupRevokeOptions): Promise<number> {
  const { rule, from, to } = options;
  if (from !== undefined && to !== undefined) requireOrder(from, to);
  return withMigratedDatabase(context, async (opened) => {
    const filter = { rule, ...(from && { from }), ...(to && { to }) };
    const revoked = await revoke(opened.pool, filter, { now: context.now(), actor: 'wrapup revoke' });
    if (revoked.length === 0) await refuseUnknown(opened.pool, rule);
    const counts = Object.fromEntries(revoked.map(({ state, count }) => [state, count]));
    opened.log.info({ rule, ...counts }, 'Assignments revoked in the warehouse; Genesys is unchanged');
    return exitDone;
  });
}

async function refuseUnknown(pool: Parameters<typeof revoke>[0], rule: string): Promise<void> {
  const names = await readAssigningRules(pool);
  if (names.includes(rule)) return;
  const known = names.length === 0 ? 'no rule has assigned anything yet' : `these have: ${names.join(', ')}`;
  throw new UsageError(`--rule ${rule} has assigned nothing; ${known}.`);
}
