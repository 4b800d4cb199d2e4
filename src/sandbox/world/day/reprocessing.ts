import { hourMs } from '../../../lib/interval.js';
import type { LocalCalendar } from '../instant.js';
import type { Random } from '../random.js';
import type { Scene } from '../scripts/scene.js';

const restatedShare = 0.02;

/** The nightly run looks at what is 48 hours old or older, at three in the morning local time, and restates a little of it. */
export function playReprocessing(scene: Scene, random: Random, calendar: LocalCalendar): void {
  if (!random.chance(restatedShare)) return;
  const ended = scene.events.findLast((event) => event.kind === 'conversationEnded');
  if (ended === undefined) return;
  const night = calendar.localDayOf(ended.atMs + 48 * hourMs) + random.int(1, 4);
  const atMs = calendar.startMs(night) + 3 * hourMs + random.int(0, hourMs);
  const handled = scene.events.findLast((event) => event.kind === 'handled');
  if (handled === undefined || handled.kind !== 'handled' || random.chance(0.4)) {
    scene.record({ kind: 'conversationField', atMs, fields: { externalTag: `case-${random.int(10_000, 99_999)}` } });
    return;
  }
  const name = random.chance(0.5) ? 'tTalkComplete' : 'tHandle';
  const deltaMs = random.int(-900, 1_800);
  scene.record({ kind: 'metricRestated', atMs, session: handled.session, name, deltaMs });
}
