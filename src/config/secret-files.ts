import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

export interface SecretFile {
  readonly text: string;
  /** True if group or others may read or change it. */
  readonly isShared: boolean;
  /** Permission bits as `chmod` takes them, such as `644`. */
  readonly mode: string;
}

const bytesMax = 1024 * 1024;
const othersMask = 0o077;
const othersWriteMask = 0o022;
/** Folder in which container platforms mount secrets, as root and with their own modes. */
const mounts = /^\/(?:var\/)?run\/secrets\//;

/**
 * Reads a file that holds secrets. Throws an error whose message says what is wrong with it: a
 * pipe, for example, would block the program where no signal ends it. The file that is checked is
 * the one that is read.
 */
export function readSecretFile(path: string): SecretFile {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > bytesMax) throw new Error(`it has more than ${bytesMax} bytes`);
    const text = readFileSync(descriptor, 'utf8');
    return { text, isShared: isShared(path, stats), mode: (stats.mode & 0o777).toString(8).padStart(3, '0') };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Returns true if others can read or change the file. The mode of a root-owned file, which an
 * unprivileged process cannot change, is set by the platform; such a file must only not be writable
 * by others.
 */
function isShared(path: string, { mode, uid }: Stats): boolean {
  const ownUid = process.getuid?.();
  if (ownUid === undefined) return false;
  const isMounted = mounts.test(path) || (uid === 0 && ownUid !== 0);
  return (mode & (isMounted ? othersWriteMask : othersMask)) !== 0;
}
