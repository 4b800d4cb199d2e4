// Removes what an earlier build has left, so that no file of a moved or deleted source is packed.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist/', import.meta.url), { recursive: true, force: true });
