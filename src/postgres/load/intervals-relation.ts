import pg from 'pg';
import type { Column, ColumnType } from '../../values/columns.js';

/** A relation of interval facts as the catalogue describes it. */
export interface IntervalRelation {
  readonly name: string;
  /** `genesys.…`, quoted. */
  readonly table: string;
  readonly isPartitioned: boolean;
  readonly columns: readonly Column[];
}

const typeOf: Readonly<Record<string, ColumnType>> = {
  'timestamp with time zone': 'time',
  uuid: 'uuid',
  text: 'text',
  bigint: 'bigint',
  'double precision': 'float',
  boolean: 'boolean',
  jsonb: 'json',
};

/** Reads the columns of `genesys.<name>`. Throws for a relation that is not there and for types that interval facts do not have. */
export async function readIntervalRelation(
  client: Pick<pg.ClientBase, 'query'>,
  name: string,
): Promise<IntervalRelation> {
  const { rows } = await client.query<{ name: string; type: string; kind: string }>(
    `select attribute.attname as name, format_type(attribute.atttypid, null) as type, relation.relkind as kind
     from pg_class as relation
     join pg_namespace as schema on schema.oid = relation.relnamespace and schema.nspname = 'genesys'
     join pg_attribute as attribute on attribute.attrelid = relation.oid
     where relation.relname = $1 and attribute.attnum > 0 and not attribute.attisdropped
     order by attribute.attnum`,
    [name],
  );
  const first = rows[0];
  if (first === undefined) throw new Error(`There is no relation genesys.${name}; run genesys-warehouse migrate.`);
  const columns = rows.map((row): Column => {
    const type = typeOf[row.type];
    if (type === undefined) throw new Error(`genesys.${name}.${row.name} has type ${row.type}, which is not loaded.`);
    return { name: row.name, type };
  });
  return { name, table: `genesys.${pg.escapeIdentifier(name)}`, isPartitioned: first.kind === 'p', columns };
}
