import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** A file system in memory that most Linux machines have; containers often have a small one. */
const memoryFolder = '/dev/shm';
/** Databases of the tests take less than a gigabyte at a time. */
const freeBytesMin = 4 * 1024 ** 3;

/**
 * Returns the folder for files that only a test run reads: in memory where that has room, which halves the cost of creating and dropping
 * databases, else the system's folder for temporary files.
 */
export function scratchFolder(): string {
  try {
    accessSync(memoryFolder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memoryFolder);
    return bavail * bsize >= freeBytesMin ? memoryFolder : tmpdir();
  } catch {
    return tmpdir();
  }
}
