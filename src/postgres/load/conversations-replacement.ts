/** A stored conversation that came back different, before and after it is written. */
import type { MovedFigure } from '../../conversation/restated-figures.js';
import type { Decision } from '../../conversation/version.js';
import type { Run } from '../connection/copy.js';
import type { IncomingConversation } from './conversations-merge.js';
import type { StoredConversation } from './conversations-versions.js';

/** A stored conversation whose content, attributes or both are to be written again. */
export interface Replacement {
  readonly arrival: IncomingConversation;
  readonly before: StoredConversation;
  readonly decision: Decision;
}

export interface Replaced {
  readonly replacement: Replacement;
  /** False when attributes had to be left out because their participant is not in the stored version. */
  readonly areAttributesComplete: boolean;
  /** Dotted paths without positions. */
  readonly changedPaths: ReadonlySet<string>;
  readonly movedFigures: readonly MovedFigure[];
}

/** One replacement while it is carried out. */
export interface Work {
  readonly replacement: Replacement;
  /** False where the partition of the stored rows was dropped: then nothing is there to compare with. */
  readonly isStored: boolean;
  readonly changedPaths: Set<string>;
  readonly movedFigures: MovedFigure[];
  /** The stored rows of participants, once they are read; `same` when they equal the new ones. */
  participants: Run | 'same' | undefined;
}
