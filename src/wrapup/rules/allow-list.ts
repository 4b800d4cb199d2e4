import type { ContactCentre } from '../../model/handling.js';
import { namedTest } from './patterns.js';
import type { Writeback } from './rules-schema.js';

export interface AllowList {
  readonly queueIds: readonly string[];
  readonly wrapupCodes: readonly string[];
  readonly writesMax: number;
}

/** What may be written to Genesys, as ids. Names that the directory does not have allow nothing. */
export function allowListOf(writeback: Writeback, centre: ContactCentre): AllowList {
  const isQueue = namedTest(writeback.queues);
  const isCode = namedTest(writeback.codes);
  return {
    queueIds: centre.queues.filter((queue) => !queue.isDeleted && isQueue(queue)).map(({ id }) => id),
    wrapupCodes: centre.codes.filter((code) => !code.isDeleted && isCode(code)).map(({ id }) => id),
    writesMax: writeback.writesPerRunMax,
  };
}
