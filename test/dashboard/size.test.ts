import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const directory = fileURLToPath(new URL('../../dist/dashboard/public/', import.meta.url));
const bytesMax = 300_000;

const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });

test.each(['.gz', '.br'])('the page with everything that it loads is below 300 kB as %s', (ending) => {
  const compressed = files.filter((file) => file.endsWith(ending));
  const bytes = compressed.reduce((sum, file) => sum + readFileSync(directory + file).length, 0);
  expect(compressed.length).toBeGreaterThanOrEqual(4);
  expect(bytes).toBeLessThan(bytesMax);
});

test('the page loads nothing from elsewhere and evaluates no text', () => {
  const scripts = files.filter((file) => file.endsWith('.js')).map((file) => readFileSync(directory + file, 'utf8'));
  const styles = files.filter((file) => file.endsWith('.css')).map((file) => readFileSync(directory + file, 'utf8'));
  for (const text of scripts) {
    expect(text).not.toMatch(/\beval\(|new Function\(/);
    expect(text).not.toMatch(/fetch\(["'`]https?:/);
  }
  for (const text of styles) expect(text).not.toMatch(/url\(|@import/);
});
