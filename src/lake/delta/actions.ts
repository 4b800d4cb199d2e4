/** The actions of a Delta log, as far as this writer reads or writes them (PROTOCOL.md, "Actions"). */

export interface AddFile {
  /** Relative to the table, percent-encoded. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON. */
  readonly stats?: string | null;
  readonly tags?: Readonly<Record<string, string>> | null;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp?: number | null;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean | null;
  readonly partitionValues?: Readonly<Record<string, string | null>> | null;
  readonly size?: number | null;
}

export interface Metadata {
  readonly id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime?: number | null;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[] | null;
  readonly writerFeatures?: readonly string[] | null;
}

/** Progress of an application, by which it recognizes its own commits. */
export interface Transaction {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number | null;
}

export interface CommitInfo {
  readonly timestamp: number;
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, string>>;
  readonly engineInfo: string;
  /** Drawn for each commit, so that its writer recognises it. */
  readonly txnId: string;
}

/** One line of a commit: exactly one of these. */
export interface Action {
  readonly add?: AddFile;
  readonly remove?: RemoveFile;
  readonly metaData?: Metadata;
  readonly protocol?: Protocol;
  readonly txn?: Transaction;
  readonly commitInfo?: Partial<CommitInfo>;
}

/** Reads the lines of a commit file. Throws for invalid JSON. */
export function parseCommit(text: string): Action[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Action);
}

export function commitText(actions: readonly Action[]): string {
  return `${actions.map((action) => JSON.stringify(action)).join('\n')}\n`;
}

const versionDigits = 20;

/** The name of a version's commit, below the table. */
export function commitPath(version: number): string {
  return `_delta_log/${String(version).padStart(versionDigits, '0')}.json`;
}

export function checkpointPath(version: number): string {
  return `_delta_log/${String(version).padStart(versionDigits, '0')}.checkpoint.parquet`;
}
