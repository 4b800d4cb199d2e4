import type { Directory, JsonObject } from '../../world.js';
import { isPresent } from './listing-table.js';

/** The organisation's directory, of which the wrap-up codes can be added to through the API. */
export interface EditableDirectory extends Directory {
  addCode(code: JsonObject): void;
  /** Only what the queue does not have yet. */
  addToQueue(queueId: string, codeIds: readonly string[]): void;
  isKnownCode(codeId: unknown): boolean;
}

export function editableDirectory(directory: Directory): EditableDirectory {
  const wrapupCodes = [...directory.wrapupCodes];
  const queueWrapupCodes = new Map(directory.queueWrapupCodes);
  return {
    ...directory,
    wrapupCodes,
    queueWrapupCodes,
    addCode: (code) => void wrapupCodes.push(code),
    addToQueue: (queueId, codeIds) =>
      void queueWrapupCodes.set(queueId, [...new Set([...(queueWrapupCodes.get(queueId) ?? []), ...codeIds])]),
    isKnownCode: (codeId) => wrapupCodes.some((code) => code.id === codeId && isPresent(code)),
  };
}
