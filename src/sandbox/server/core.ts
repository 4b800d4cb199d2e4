import type { JsonObject, World } from '../world.js';
import type { Clock } from './clock.js';
import type { ConversationSource } from './details/conversation-source.js';
import type { ResultSets } from './details/result-sets.js';
import type { EditableDirectory } from './directory/editable-directory.js';
import type { Faults } from './faults/faults.js';
import type { ResolvedOptions } from './options.js';

/** State that handlers share. */
export interface Core {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  /** The machine's clock in milliseconds, for times that a client really waits. */
  readonly machineMs: () => number;
  readonly world: World;
  /** The world's own directory, where it is changed through the API. */
  readonly directory: EditableDirectory;
  readonly source: ConversationSource;
  readonly results: ResultSets;
  readonly faults: Faults;
  /** Notifies the subscribers of the topic. */
  notify(topicName: string, eventBody: JsonObject): void;
}
