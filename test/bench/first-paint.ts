/** Measures the page of the demo in a browser, as a newcomer sees it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromiumPath, launchBrowser, missingBrowser } from '../long/dashboard/browser.js';
import { directory } from './bench-server.js';

const paintMsMax = 1_000;
const tries = 5;
const startMsMax = 600_000;
const paths = ['/', '/queues', '/agents', '/wrapup', '/conversations', '/trust', '/report'];

/** Runs the demo, opens each page some times with an empty cache, and prints the quickest first paint and the time until all figures are there. */
export async function benchFirstPaint(): Promise<void> {
  if (chromiumPath === undefined) {
    process.stdout.write(`${missingBrowser}\n`);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'genesys-warehouse-bench-'));
  const demo = spawn(process.execPath, [`${directory}dist/main.js`, 'demo', '--keep'], { cwd: folder });
  const browser = await launchBrowser();
  try {
    const url = await addressOf(demo);
    process.stdout.write(
      `${'page of the demo'.padEnd(28)}${'first paint'.padStart(12)}${'all figures'.padStart(14)}\n`,
    );
    for (const path of paths) {
      const times: { paint: number; figures: number }[] = [];
      for (let count = 0; count < tries; count += 1) {
        const context = await browser.newContext({ baseURL: url, viewport: { width: 1_440, height: 900 } });
        times.push(await timesOf(await context.newPage(), path));
        await context.close();
      }
      const paint = Math.round(Math.min(...times.map((each) => each.paint)));
      const figures = Math.round(Math.min(...times.map((each) => each.figures)));
      const isMissed = paint > paintMsMax;
      const line = `${path.padEnd(28)}${`${paint} ms`.padStart(12)}${`${figures} ms`.padStart(14)}`;
      process.stdout.write(`${line}${isMissed ? '   too slow' : ''}\n`);
      if (isMissed) process.exitCode = 1;
    }
  } finally {
    await browser.close();
    await ended(demo);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Both from the beginning of the navigation, by the browser's own clock. */
async function timesOf(page: Page, path: string): Promise<{ paint: number; figures: number }> {
  await page.goto(path);
  await page.waitForSelector('h1');
  await page.waitForSelector('[aria-busy="true"], .waiting', { state: 'detached' });
  const figures = await page.evaluate<number>('performance.now()');
  const paint = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.POSITIVE_INFINITY",
  );
  return { paint, figures };
}

function addressOf(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('The demo did not start.')), startMsMax);
    demo.stdout?.on('data', (chunk) => {
      text += chunk;
      const found = /Look at it: (http:\S+)/.exec(text)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    demo.stderr?.resume();
    demo.on('exit', () => reject(new Error('The demo ended before it served its page.')));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}
