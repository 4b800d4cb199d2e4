// Writes the index docs/decisions.md from the entries in docs/decisions. Run it after adding an entry; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { decisionIndex } from '../test/support/decisions.mjs';

const file = new URL('../docs/decisions.md', import.meta.url);
const index = decisionIndex(new URL('../docs/decisions/', import.meta.url));
if (readFileSync(file, 'utf8') !== index) writeFileSync(file, index);
