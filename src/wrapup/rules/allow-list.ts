import type { Directory } from '../../model/agent-session.js';
import { namedTest } from './patterns.js';
import type { Writeback } from './rules-schema.js';

export interface AllowList {
  readonly queueIds: readonly string[];
  readonly wrapupCodes: readonly string[];
  readonly writesMax: number;
}

/** Resolves the allow-lists of the write-back to ids. Names that the directory lacks allow nothing. */
export function allowListOf(writeback: Writeback, directory: Directory): AllowList {
  const isQueue = namedTest(writeback.queues);
  const isCode = namedTest(writeback.codes);
  return {
    queueIds: directory.queues.filter((queue) => !queue.isDeleted && isQueue(queue)).map(({ id }) => id),
    wrapupCodes: directory.codes.filter((code) => !code.isDeleted && isCode(code)).map(({ id }) => id),
    writesMax: writeback.writesPerRunMax,
  };
}
