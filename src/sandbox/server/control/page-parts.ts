export const pageStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dde2e8; --paper: #ffffff; --ground: #f4f6f8; --accent: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa5b4; --line: #2c3541; --paper: #1a212b; --ground: #12171e; --accent: #fb923c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 960px; margin: 0 auto; padding: 0 24px; }
header { display: flex; justify-content: space-between; align-items: flex-end; gap: 24px; padding-top: 40px; padding-bottom: 20px; }
h1 { margin: 0; font-size: 26px; letter-spacing: -0.01em; }
header p { margin: 4px 0 0; color: var(--soft); }
.clock { text-align: right; white-space: nowrap; }
.clock span { display: block; color: var(--soft); font-size: 13px; }
.clock strong { font: 600 18px ui-monospace, monospace; font-variant-numeric: tabular-nums; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
section { position: relative; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; min-width: 0; }
.wide { grid-column: 1 / -1; }
h2 { margin: 0 0 10px; font-size: 13px; font-weight: 600; color: var(--soft); }
pre { margin: 0; padding-right: 80px; font: 14px/1.7 ui-monospace, monospace; overflow-x: auto; }
button { position: absolute; top: 14px; right: 16px; border: 1px solid var(--line); border-radius: 6px; background: none; color: inherit; padding: 4px 12px; font: inherit; font-size: 13px; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 20px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
#faults { grid-template-columns: 1fr; gap: 0; }
#faults dd { margin-bottom: 6px; text-align: left; white-space: normal; overflow-wrap: anywhere; }
.bars { grid-template-columns: minmax(120px, auto) 1fr; }
.bars dd { display: flex; align-items: center; gap: 10px; text-align: left; }
.bars i { height: 8px; border-radius: 4px; background: var(--accent); min-width: 2px; }
.none { grid-column: 1 / -1; color: var(--soft); text-align: left; }
footer { padding-top: 20px; padding-bottom: 40px; color: var(--soft); font-size: 13px; }
@media (max-width: 640px) { .bars { grid-template-columns: minmax(0, 1fr) minmax(50%, 1fr); } header { flex-wrap: wrap; } main { grid-template-columns: 1fr; } .clock { text-align: left; } }
`;

/** Values go in as text, never as markup. */
export const pageScript = `
const at = (id) => document.getElementById(id);
const put = (id, pairs, none) => {
  const list = at(id);
  list.textContent = '';
  if (pairs.length === 0) { const dd = document.createElement('dd'); dd.className = 'none'; dd.textContent = none; list.append(dd); }
  for (const [name, value] of pairs) {
    const dt = document.createElement('dt'); dt.textContent = name;
    const dd = document.createElement('dd');
    if (value instanceof Node) dd.append(value); else dd.textContent = value;
    list.append(dt, dd);
  }
};
const bar = (count, most) => {
  const part = document.createDocumentFragment(); const i = document.createElement('i');
  i.style.width = Math.max(1, Math.round(70 * count / most)) + '%';
  part.append(i, count.toLocaleString('en')); return part;
};
const share = (rate) => rate >= 1 ? 'always' : (100 * rate).toLocaleString('en', { maximumFractionDigits: 2 }) + ' %';
const fault = (value) => typeof value === 'number' ? share(value) : Array.isArray(value) ? value.join(', ')
  : Object.entries(value).map(([name, one]) => name === 'rate' ? share(one) : name + ' ' + one).join(', ');
const number = (value) => typeof value === 'number' ? value.toLocaleString('en') : String(value);
async function refresh() {
  try {
    const s = await (await fetch('/sandbox/status')).json();
    const o = s.organization;
    at('name').textContent = o.name || 'A simulated contact centre';
    at('now').textContent = s.now.slice(0, 19).replace('T', ' ') + ' UTC';
    at('clock-kind').textContent = s.clock + ' clock';
    put('organization', [['Agents', number(o.agents)], ['Conversations per weekday', number(o.conversationsPerDay)], ['Time zone', o.timeZone],
      ['Data since', s.dataFrom.slice(0, 10)], ['Seed', o.seed], ['Requests per minute', number(s.requestsPerMinute)]]);
    const struck = s.faultsInjected; const names = [...new Set([...Object.keys(s.faults), ...Object.keys(struck)])];
    put('faults', names.map((name) => [name, (name in s.faults ? fault(s.faults[name]) : 'lifted') + ' · ' + number(struck[name] || 0) + ' so far']),
      'None. Every answer is what it should be.');
    const counts = Object.entries(s.requestsByOperation); const most = Math.max(1, ...counts.map(([, n]) => n));
    at('total').textContent = number(s.requests);
    put('requests', counts.slice(0, 20).map(([name, n]) => [name, bar(n, most)]), 'None yet.');
  } catch { at('now').textContent = 'not running'; }
  setTimeout(refresh, 2000);
}
at('copy').onclick = async () => {
  await navigator.clipboard.writeText(at('lines').textContent);
  at('copy').textContent = 'Copied'; setTimeout(() => { at('copy').textContent = 'Copy'; }, 1500);
};
refresh();
`;
