import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../lib/errors.js';
import type { Json, JsonObject, World, WorldOptions } from '../../world.js';
import type { RecordedAnswers } from './recorded-answers.js';
import { recordedAnswers } from './recorded-answers.js';
import type { RecordedRecord } from './replay-world.js';
import { isRecord, recordedConversation, recordedWorld } from './replay-world.js';

export interface Replay {
  readonly world: World;
  /** The file, by its place in the folder, that a conversation came from. */
  readonly pageOf: (conversation: object) => number;
  readonly answers: RecordedAnswers;
  readonly dataFromMs: number;
  readonly report: JsonObject;
}

const filesMax = 10_000;
const fileBytesMax = 64 * 1_024 * 1_024;
const answerName = /^(get|post|put|patch|delete|head)-api-v2-/;

/**
 * Reads a folder of recorded answers, once, without changing it. Files named after a request answer that request; of the others, those that hold
 * conversations are served by the details endpoints. The rest is named in the status as ignored.
 */
export function loadReplay(directory: string, options: WorldOptions): Replay {
  const files = filesOf(directory);
  const named = new Map<string, Json>();
  const records: RecordedRecord[] = [];
  const ignored: string[] = [];
  files.forEach((file, fileNo) => {
    const content = parsed(join(directory, file));
    const found = answerName.test(file) ? [] : recordsIn(content).map((record) => recordedConversation(record, fileNo));
    if (answerName.test(file) && content !== undefined) named.set(file.slice(0, -'.json'.length), content);
    else if (found.length === 0) ignored.push(file);
    records.push(...found);
  });
  const fileNos = new Map<object, number>(records.map((record) => [record.conversation, record.fileNo]));
  return {
    world: recordedWorld(records, options),
    pageOf: (conversation) => fileNos.get(conversation) ?? 0,
    answers: recordedAnswers(named),
    dataFromMs: Math.min(...records.map((record) => record.conversation.startMs), 0),
    report: { directory, files: files.length, conversations: records.length, answers: named.size, ignored },
  };
}

function filesOf(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    throw new UsageError(`The replay folder ${directory} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  const files = names.filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new UsageError(`The replay folder ${directory} holds no file that ends in .json.`);
  if (files.length > filesMax)
    throw new UsageError(`The replay folder ${directory} holds more than ${filesMax} files.`);
  return files;
}

/** A file that is not JSON is not served; recordings of broken answers do occur. */
function parsed(path: string): Json | undefined {
  if (statSync(path).size > fileBytesMax) throw new UsageError(`${path} is larger than ${fileBytesMax} bytes.`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch {
    return undefined;
  }
}

function recordsIn(content: Json | undefined): readonly JsonObject[] {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
  if (Array.isArray(content.conversations)) return content.conversations.filter(isRecord);
  return isRecord(content) ? [content] : [];
}
