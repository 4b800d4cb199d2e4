import { createHash } from 'node:crypto';
import pg from 'pg';
import type { EntityBatch, EntityRow } from '../../model/extraction.js';

/**
 * Stores a whole directory listing inside the caller's transaction. A changed entity gets a new row where history matters and is replaced in
 * place elsewhere; one that is missing is marked as deleted; one that came back is unmarked. An unchanged entity costs no write.
 */
export async function storeEntities(client: pg.ClientBase, batch: EntityBatch, asOf: Date): Promise<number> {
  const stored = await readCurrent(client, batch);
  const incoming = new Map(batch.rows.map((row) => [keyOf(batch, row), withHash(row)]));
  const changes = decide(batch, stored, incoming, asOf);
  await endRows(client, batch, { column: 'valid_to', keys: changes.closed, asOf });
  await deleteRows(client, batch, changes.replaced);
  await insertRows(client, batch, changes.inserted);
  await endRows(client, batch, { column: 'deleted_at', keys: changes.missing, asOf });
  return changes.inserted.length + changes.missing.length;
}

interface Changes {
  /** Keys whose current row ends now. */
  readonly closed: string[];
  /** Keys whose current row is replaced in place. */
  readonly replaced: string[];
  readonly inserted: EntityRow[];
  readonly missing: string[];
}

function decide(
  batch: EntityBatch,
  stored: ReadonlyMap<string, EntityRow>,
  incoming: ReadonlyMap<string, EntityRow>,
  asOf: Date,
): Changes {
  const changes: Changes = { closed: [], replaced: [], inserted: [], missing: [] };
  for (const [key, row] of incoming) {
    const current = stored.get(key);
    const deleted_at = isDeleted(row) ? (current?.deleted_at ?? asOf) : null;
    if (current === undefined) changes.inserted.push({ ...row, deleted_at, valid_from: asOf });
    else if (batch.historyColumns.some((column) => !isSame(row[column], current[column]))) {
      changes.closed.push(key);
      changes.inserted.push({ ...row, deleted_at, valid_from: asOf });
    } else if (current.content_hash !== row.content_hash || isDeleted(current) !== isDeleted(row)) {
      changes.replaced.push(key);
      changes.inserted.push({ ...row, deleted_at, valid_from: current.valid_from });
    }
  }
  for (const [key, row] of stored) if (!incoming.has(key) && !isDeleted(row)) changes.missing.push(key);
  return changes;
}

/** Some listings show what is deleted and say so; in others it is just missing. */
const isDeleted = (row: EntityRow) => (row.deleted_at ?? null) !== null;

function withHash(row: EntityRow): EntityRow {
  const { deleted_at: _, ...content } = row;
  const digest = createHash('md5').update(JSON.stringify(content)).digest('hex');
  return { ...row, content_hash: digest.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') };
}

const separator = '\u0001';
const keyOf = (batch: EntityBatch, row: EntityRow) =>
  batch.idColumns.map((column) => String(row[column]).toLowerCase()).join(separator);
const isSame = (a: unknown, b: unknown) => String(a ?? '') === String(b ?? '');
const table = (batch: EntityBatch) => `genesys.${pg.escapeIdentifier(batch.relation)}`;
const keyExpression = (batch: EntityBatch) =>
  `lower(concat_ws(E'\\x01', ${batch.idColumns.map((column) => `${pg.escapeIdentifier(column)}::text`).join(', ')}))`;

async function readCurrent(client: pg.ClientBase, batch: EntityBatch): Promise<Map<string, EntityRow>> {
  const { scope } = batch;
  const columns = ['valid_from', 'deleted_at', 'content_hash', ...batch.historyColumns].map((name) =>
    pg.escapeIdentifier(name),
  );
  const inScope =
    scope === undefined
      ? ''
      : `and ${scope.isExcept ? 'not ' : ''}${pg.escapeIdentifier(scope.column)}::text = any($1::text[])`;
  const { rows } = await client.query<EntityRow & { key: string }>(
    `select ${keyExpression(batch)} as key, ${columns.join(', ')} from ${table(batch)} where valid_to is null ${inScope}`,
    scope === undefined ? [] : [scope.values],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** Dates the end of what is stored now: of a version, or of the entity. */
async function endRows(
  client: pg.ClientBase,
  batch: EntityBatch,
  end: { readonly column: 'valid_to' | 'deleted_at'; readonly keys: readonly string[]; readonly asOf: Date },
): Promise<void> {
  if (end.keys.length === 0) return;
  await client.query(
    `update ${table(batch)} set ${end.column} = $2 where valid_to is null and ${keyExpression(batch)} = any($1)`,
    [end.keys, end.asOf],
  );
}

async function deleteRows(client: pg.ClientBase, batch: EntityBatch, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await client.query(`delete from ${table(batch)} where valid_to is null and ${keyExpression(batch)} = any($1)`, [
    keys,
  ]);
}

async function insertRows(client: pg.ClientBase, batch: EntityBatch, rows: readonly EntityRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into ${table(batch)} select * from jsonb_populate_recordset(null::${table(batch)}, $1::jsonb)`,
    [storableJson(rows)],
  );
}

/** Postgres stores no \u0000 and no lone surrogate; a name that holds one keeps a visible mark in its place. */
function storableJson(rows: readonly EntityRow[]): string {
  return JSON.stringify(rows, (_key, value) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '\u2400') : value,
  );
}
