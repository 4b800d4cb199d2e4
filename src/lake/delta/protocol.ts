import { LakeError } from '../../lib/errors.js';
import type { Metadata, Protocol } from './actions.js';

/** Declares the features of this writer: reader version 1 is what every engine reads, writer version 2 adds append-only tables and invariants. */
export const ownProtocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** Settings of a table that put no requirements on writers. */
const harmlessSettings =
  /^(delta\.(checkpointInterval|checkpoint\.writeStatsAs(Json|Struct)|deletedFileRetentionDuration|logRetentionDuration|enableExpiredLogCleanup|dataSkippingNumIndexedCols|autoOptimize\..*|targetFileSize|randomizeFilePrefixes|setTransactionRetentionDuration)|(?!delta\.).*)$/;
/** Settings that are harmless while they are off. */
const offValues: ReadonlySet<string> = new Set(['false', 'none']);

/** The table has been changed in a way that this writer does not support. */
export class UnsupportedTableError extends LakeError {}

/** Throws an UnsupportedTableError for a table that this writer must not write: protocol, settings, columns, format. */
export function requireWritable(path: string, protocol: Protocol, metadata: Metadata): void {
  const fault = protocolFault(protocol) ?? metadataFault(metadata);
  if (fault === undefined) return;
  throw new UnsupportedTableError(
    `Table ${path} cannot be written (${fault}). Export to another address, or undo that in the table.`,
  );
}

function protocolFault({ minReaderVersion, minWriterVersion, ...features }: Protocol): string | undefined {
  const named = [...(features.readerFeatures ?? []), ...(features.writerFeatures ?? [])];
  if (minReaderVersion <= ownProtocol.minReaderVersion && minWriterVersion <= ownProtocol.minWriterVersion)
    return undefined;
  const list = named.length === 0 ? '' : `, features ${[...new Set(named)].join(', ')}`;
  return `another program raised its Delta protocol to reader ${minReaderVersion}, writer ${minWriterVersion}${list}; this program writes reader 1, writer 2`;
}

function metadataFault({ configuration, schemaString, format }: Metadata): string | undefined {
  if (format.provider !== 'parquet') return `its format is ${format.provider}`;
  for (const [name, value] of Object.entries(configuration)) {
    if (name === 'delta.appendOnly' && value === 'true') return 'delta.appendOnly is set, so no day may be replaced';
    if (!harmlessSettings.test(name) && !offValues.has(value.toLowerCase())) return `${name} is set to ${value}`;
  }
  if (/"delta\.(invariants|generationExpression|constraints|identity)/.test(schemaString))
    return 'a column has a constraint or an expression';
  return undefined;
}
