import { LakeError } from '../../lib/errors.js';
import { decimalPrecision, decimalScale, type LakeColumn, type LakeTable, type LakeType } from '../../model/lake.js';

/** Partition columns that the lake adds: the organisation, and for tables by day the UTC month. */
export const organizationColumn = 'organization_id';
export const monthColumn = 'month';

export interface DeltaField {
  readonly name: string;
  readonly type: unknown;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Returns the partition columns of a table, in order. */
export function partitionColumns({ isByDay }: Pick<LakeTable, 'isByDay'>): string[] {
  return isByDay ? [organizationColumn, monthColumn] : [organizationColumn];
}

/** Returns the fields of a table, including partition columns and comments. */
export function fieldsOf(table: LakeTable): DeltaField[] {
  const organization = { name: organizationColumn, type: 'string' as const, description: organizationText };
  const month = { name: monthColumn, type: 'string' as const, description: monthText };
  return [organization, ...table.columns, ...(table.isByDay ? [month] : [])].map(fieldOf);
}

const organizationText = 'Organization whose rows these are. Genesys organization id.';
const monthText =
  'UTC month in which the conversation or the interval began, such as 2026-11; the partition of the table.';

function fieldOf({ name, type, description }: LakeColumn): DeltaField {
  const metadata = description === undefined || description === '' ? {} : { comment: description };
  return { name, type: typeText(type), nullable: true, metadata };
}

function typeText(type: LakeType): string {
  return type === 'decimal' ? `decimal(${decimalPrecision},${decimalScale})` : type;
}

export function schemaString(fields: readonly DeltaField[]): string {
  return JSON.stringify({ type: 'struct', fields });
}

/**
 * Merges the stored fields with the given ones: stored order, given comments, new fields last.
 * Throws if a type has changed, because old files have the other one.
 */
export function mergedFields(path: string, stored: readonly DeltaField[], own: readonly DeltaField[]): DeltaField[] {
  const byName = new Map(own.map((field) => [field.name, field]));
  const kept = stored.map((field) => {
    const ours = byName.get(field.name);
    if (ours !== undefined && JSON.stringify(ours.type) !== JSON.stringify(field.type))
      throw new LakeError(
        `Column ${field.name} of table ${path} has type ${JSON.stringify(field.type)} in the lake and ${JSON.stringify(ours.type)} in the warehouse. Export to another address, or delete that table.`,
      );
    return ours ?? field;
  });
  const known = new Set(stored.map(({ name }) => name));
  return [...kept, ...own.filter(({ name }) => !known.has(name))];
}

export function parseFields(text: string): DeltaField[] {
  return (JSON.parse(text) as { fields: DeltaField[] }).fields;
}
