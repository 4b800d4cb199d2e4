import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** The browser of this machine; undefined where there is none. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path));

export const missingBrowser =
  'Tests of the page in a browser are left out: no Chromium was found (apt-get install chromium, or CHROMIUM_PATH).';

export function launchBrowser(): Promise<Browser> {
  // Its own sandbox needs rights that a container and root do not have; it sees nothing but this test's page.
  return chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface View {
  readonly page: Page;
  /** Console errors, exceptions and requests to other hosts, each as a line. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface ViewOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** A tab that writes down whatever a page must not do. */
export async function openView(
  browser: Browser,
  baseUrl: string,
  { width = 1_440, scheme = 'light', media = 'screen' }: ViewOptions = {},
): Promise<View> {
  const context = await browser.newContext({ baseURL: baseUrl, viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  await page.emulateMedia({ media });
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(baseUrl)) faults.push(`request to another host: ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

/** Opens an address and waits until all of its figures are there. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Until nothing is loading: no request under way, no figure busy. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForSelector('[aria-busy="true"], .waiting', { state: 'detached' });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical faults that axe finds, each as `rule: where`. */
export async function axeFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the policy of the page does not bind.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
