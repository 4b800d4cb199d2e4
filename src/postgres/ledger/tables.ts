/** Row types of schema `extract` as Kysely sees them. The DDL is in `migrations/`; a test compares the two. */
import type { Generated, JSONColumnType } from 'kysely';

type Cursor = JSONColumnType<object | null, string | null, string | null>;

export interface SliceTable {
  slice_id: Generated<string>;
  stream: string;
  slice_from: Date;
  slice_to: Date;
  priority: number;
  pass: Generated<number>;
  due_at: Date | null;
  retry_at: Date | null;
  attempts: Generated<number>;
  cursor: Cursor;
  as_of: Date | null;
  pages: Generated<number>;
  records: Generated<number>;
  changed_records: Generated<number>;
  requested_at: Date;
  last_attempt_at: Date | null;
  last_pass_at: Date | null;
  last_error: string | null;
  last_error_at: Date | null;
}

export interface RunTable {
  run_id: Generated<string>;
  command: string;
  program_version: string;
  started_at: Date;
  ended_at: Date | null;
  exit_status: number | null;
  requests: number | null;
  pages: number | null;
  records: number | null;
  changed_records: number | null;
  dead_letters: number | null;
  last_error: string | null;
}

export interface DeadLetterTable {
  dead_letter_id: Generated<string>;
  stream: string;
  slice_id: string | null;
  record_id: string | null;
  reason: string;
  record: string;
  record_hash: string;
  as_of: Date;
  first_seen_at: Date;
  last_seen_at: Date;
  seen_count: Generated<number>;
}

export interface StoredConversationTable {
  conversation_id: string;
  conversation_start: Date;
  as_of: Date;
  content_hash: string;
  attributes_as_of: Date | null;
  attributes_hash: string | null;
  is_open: boolean;
}

export interface StreamTable {
  stream: string;
  scheduled_from: Date;
}

export interface SettingTable {
  name: string;
  value: string;
}

export interface Database {
  'extract.slices': SliceTable;
  'extract.runs': RunTable;
  'extract.dead_letters': DeadLetterTable;
  'extract.stored_conversations': StoredConversationTable;
  'extract.settings': SettingTable;
  'extract.streams': StreamTable;
}
