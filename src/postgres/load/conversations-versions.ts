/** Reads `extract.stored_conversations`, which shows the loader which conversations are new, changed or unchanged. */
import type { ClientBase } from 'pg';
import type { StoredVersion } from '../../conversation/version.js';
import { RowWriter } from '../../values/copy-writer.js';
import { sendRows } from '../connection/copy.js';

export interface StoredConversation extends StoredVersion {
  readonly conversationId: string;
  readonly conversationStart: number;
  readonly isOpen: boolean;
}

const storedColumns =
  'conversation_id, conversation_start, as_of, content_hash, attributes_as_of, attributes_hash, is_open';

const readText = `
  select
    conversation_id,
    (extract(epoch from conversation_start) * 1000)::float8 as conversation_start,
    (extract(epoch from as_of) * 1000)::float8 as as_of,
    replace(content_hash::text, '-', '') as content_hash,
    (extract(epoch from attributes_as_of) * 1000)::float8 as attributes_as_of,
    replace(attributes_hash::text, '-', '') as attributes_hash,
    is_open
  from extract.stored_conversations
  where conversation_id = any ($1::uuid[])
  order by conversation_id
  for update`;

type VersionRow = [string, number, number, string, number | null, string | null, boolean];

/** The stored versions, locked until the transaction ends: always in the order of ids, so that loaders wait for each other, never both. */
export async function lockStored(
  client: ClientBase,
  conversationIds: readonly string[],
): Promise<Map<string, StoredConversation>> {
  const result = await client.query<VersionRow>({ text: readText, values: [conversationIds], rowMode: 'array' });
  return new Map(result.rows.map((row) => [row[0], storedConversation(row)]));
}

function storedConversation(row: VersionRow): StoredConversation {
  return {
    conversationId: row[0],
    conversationStart: row[1],
    asOfMs: row[2],
    contentHash: row[3],
    attributesAsOfMs: row[4],
    attributesHash: row[5],
    isOpen: row[6],
  };
}

/** Inserts versions of conversations that were not there. A conversation that another loader stored meanwhile violates the key. */
export async function insertStored(client: ClientBase, versions: readonly StoredConversation[]): Promise<void> {
  const writer = new RowWriter(versions.length * 128);
  for (const version of versions) {
    writer.beginRow(7);
    writer.uuid(version.conversationId);
    writer.time(version.conversationStart);
    writer.time(version.asOfMs);
    writer.uuid(uuidOf(version.contentHash));
    writer.value('time', version.attributesAsOfMs);
    writer.value('uuid', version.attributesHash === null ? null : uuidOf(version.attributesHash));
    writer.boolean(version.isOpen);
  }
  const run = { bytes: writer.bytes, start: 0, end: writer.length };
  await sendRows(client, `extract.stored_conversations (${storedColumns})`, [run]);
}

const claimText = `
  insert into extract.stored_conversations (${storedColumns})
  select ${storedColumns}
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::boolean[])
    as news (${storedColumns})
  order by conversation_id
  on conflict do nothing
  returning conversation_id`;

/**
 * Inserts the versions of conversations that no other loader has stored, after waiting for those that are storing them; returns the ids of
 * the inserted ones. Slower than `insertStored`, but never an error.
 */
export async function claimStored(
  client: ClientBase,
  versions: readonly StoredConversation[],
): Promise<ReadonlySet<string>> {
  if (versions.length === 0) return new Set();
  const { rows } = await client.query<{ conversation_id: string }>(claimText, columnsOf(versions));
  return new Set(rows.map((row) => row.conversation_id));
}

const updateText = `
  update extract.stored_conversations as stored
  set
    conversation_start = news.conversation_start,
    as_of = news.as_of,
    content_hash = news.content_hash,
    attributes_as_of = news.attributes_as_of,
    attributes_hash = news.attributes_hash,
    is_open = news.is_open
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::boolean[])
    as news (${storedColumns})
  where stored.conversation_id = news.conversation_id`;

export async function updateStored(client: ClientBase, versions: readonly StoredConversation[]): Promise<void> {
  if (versions.length === 0) return;
  await client.query(updateText, columnsOf(versions));
}

/** Returns the versions as one list for each of `storedColumns`. */
function columnsOf(versions: readonly StoredConversation[]): unknown[][] {
  return [
    versions.map((version) => version.conversationId),
    versions.map((version) => timestampText(version.conversationStart)),
    versions.map((version) => timestampText(version.asOfMs)),
    versions.map((version) => version.contentHash),
    versions.map((version) => (version.attributesAsOfMs === null ? null : timestampText(version.attributesAsOfMs))),
    versions.map((version) => version.attributesHash),
    versions.map((version) => version.isOpen),
  ];
}

/** Thirty-two hexadecimal digits, e.g. of a digest, as a UUID. */
export function uuidOf(digest: string): string {
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20)}`;
}

/** A timestamptz literal with microseconds. */
export function timestampText(epochMs: number): string {
  const whole = Math.floor(epochMs);
  const microseconds = Math.round((epochMs - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`;
}
