type Sentence = (path: string) => string;

/** Sentences for system errors, by Node's code. `path` is ` of FILE`, or empty where none is known. */
const sentences: Readonly<Record<string, Sentence>> = {
  EMFILE: () => 'This process has reached its limit of open files (EMFILE). Raise it, for example with ulimit -n 1024.',
  ENFILE: () => 'This machine has reached its limit of open files (ENFILE). Close other programs or raise fs.file-max.',
  ENOSPC: (path) => `The disk${path} has no space left (ENOSPC). Free some space, or write to another one.`,
  EDQUOT: (path) => `The disk quota${path} is used up (EDQUOT). Free some space, or write to another disk.`,
  EROFS: (path) => `The file system${path} is read-only (EROFS). Use a directory that can be written.`,
};
const causesMax = 8;

/**
 * Returns one sentence with the remedy for a system error, or for an error caused by one; undefined
 * for every other error.
 */
export function describeSystemError(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < causesMax && current instanceof Error; depth += 1) {
    const { code, path, errors } = current as NodeJS.ErrnoException & { errors?: readonly unknown[] };
    const sentence = typeof code === 'string' && Object.hasOwn(sentences, code) ? sentences[code] : undefined;
    if (sentence !== undefined) return sentence(path === undefined ? '' : ` of ${path}`);
    current = current.cause ?? errors?.[0];
  }
  return undefined;
}
