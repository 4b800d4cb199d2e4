import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Store, StoredFile } from './store.js';

const temporaryPrefix = '.tmp-';

/** Keeps a lake in a folder of this machine or of a network file system with hard links. */
export function folderStore(root: string): Store {
  const full = (path: string) => join(root, path);
  return {
    address: root,
    read: (path) => readFile(full(path)).catch(ifMissing(undefined)),
    list: (prefix) => listFiles(root, prefix),
    putIfAbsent: (path, bytes) => createExclusively(full(path), bytes),
    put: (path, bytes) => writeDurably(full(path), bytes),
    delete: (path) => unlink(full(path)).catch(ifMissing(undefined)),
  };
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };
}

/** Creates a file exclusively. A rename would overwrite; linking a complete file fails if the name is taken. */
async function createExclusively(path: string, bytes: Buffer): Promise<'created' | 'exists'> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
  try {
    await writeDurably(temporary, [bytes]);
    await link(temporary, path);
    await syncFolder(dirname(path));
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await unlink(temporary).catch(ifMissing(undefined));
  }
}

async function writeDurably(path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    for await (const chunk of bytes) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name itself durable; file systems that do not support this do not need it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync().catch(() => {});
  } finally {
    await folder.close();
  }
}

async function listFiles(root: string, prefix: string): Promise<StoredFile[]> {
  const folder = join(root, prefix.endsWith('/') ? prefix : dirname(prefix));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifMissing([]));
  const found: StoredFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    const isTemporary = entry.name.startsWith(temporaryPrefix);
    if (!path.startsWith(prefix) || isTemporary) continue;
    const facts = await stat(join(root, path)).catch(ifMissing(undefined));
    if (facts !== undefined) found.push({ path, size: facts.size, modifiedMs: facts.mtimeMs });
  }
  return found;
}
