import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { planDays, registerLake } from '../../postgres/lake/lakes.js';
import type { LakeRelation } from '../../postgres/lake/tables.js';
import { readOrganization } from '../../postgres/ledger/organization.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { withMigratedDatabase } from '../app/with-open.js';
import { exportLake } from './export-lake.js';
import { openLake } from './open-lake.js';

export interface LakeExportOptions {
  readonly relation: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  readonly raw: boolean;
  readonly personal: boolean;
}

/** Brings a lake up to date: everything the first time, then what changed; with a range, also the days in it. */
export async function lakeExportCommand(
  context: CommandContext,
  url: string,
  options: LakeExportOptions,
): Promise<number> {
  return withMigratedDatabase(context, async ({ pool, log }) => {
    const organizationId = await requireOrganization(pool);
    const { address, store } = await openLake(context, url, true);
    const scope = {
      isRaw: options.raw,
      isPersonal: options.personal,
      ...(options.relation.length > 0 && { relations: options.relation }),
    };
    const lake = await registerLake(pool, address, scope, context.now());
    const startedMs = performance.now();
    const total = await exportLake({
      pool,
      log,
      store,
      lake,
      organizationId,
      now: context.now,
      signal: context.signal,
      isCompacting: true,
      plan: async (relations) => {
        requireKnown(options.relation, relations);
        for (const relation of relations)
          if (isAsked(relation, options)) await planDays(pool, lake, relation, day(options.from), day(options.to));
      },
      onTable: (table, figures) => log.debug({ table, ...figures }, 'Table exported'),
    });
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    log.info({ lake: address, ...total, seconds }, 'Lake exported');
    return exitDone;
  });
}

const day = (at: Date | undefined): string | undefined => at?.toISOString().slice(0, 10);

function isAsked(relation: LakeRelation, { relation: names, from, to }: LakeExportOptions): boolean {
  if ((from ?? to) === undefined && names.length === 0) return relation.key === undefined;
  if (names.length === 0) return true;
  return names.some((name) => relation.path.endsWith(`/${name}`) || relation.path === name.replace('.', '/'));
}

function requireKnown(names: readonly string[], relations: readonly LakeRelation[]): void {
  const known = relations.map(({ path }) => path.replace('/', '.'));
  const unknown = names.filter((name) => !known.some((each) => each === name || each.endsWith(`.${name}`)));
  if (unknown.length === 0) return;
  throw new UsageError(
    `There is no table ${unknown.join(', ')} for a lake. Facts, dimensions and bridges of schema mart and, with --raw, tables of schema genesys can be exported.`,
  );
}

/**
 * Returns the organisation, which is a column of every table. A database that does not know it yet
 * has nothing to export.
 */
export async function requireOrganization(pool: pg.Pool): Promise<string> {
  const organization = await readOrganization(pool);
  if (organization !== undefined) return organization.id;
  throw new UsageError(
    'The organization of this database is not known yet. Run genesys-warehouse sync once with an OAuth client that may read it.',
  );
}
