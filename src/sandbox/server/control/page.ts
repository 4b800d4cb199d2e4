import type { Answer } from '../http/answer.js';
import { text } from '../http/answer.js';
import type { SandboxControl } from './control.js';
import { pageScript, pageStyle } from './page-parts.js';

/** The page for people at `/`: everything in one document, nothing from the network; it asks the control endpoints for what changes. */
export function pageAnswer(control: SandboxControl): Answer {
  return text('text/html; charset=utf-8', documentOf(control));
}

function documentOf(control: SandboxControl): string {
  const lines = [
    `GENESYSCLOUD_API_URL=${control.url}`,
    `GENESYSCLOUD_OAUTHCLIENT_ID=${control.clientId}`,
    `GENESYSCLOUD_OAUTHCLIENT_SECRET=${control.clientSecret}`,
  ].map(escaped);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<header>
  <div><h1 id="name">A simulated contact centre</h1><p>A sandbox of the Genesys Cloud API. Nobody works here; the figures are made up, but they add up.</p></div>
  <div class="clock"><span id="clock-kind"></span><strong id="now">…</strong></div>
</header>
<main>
  <section class="wide">
    <h2>Connect</h2>
    <pre id="lines">${lines.join('\n')}</pre>
    <button id="copy" type="button">Copy</button>
  </section>
  <section><h2>Organisation</h2><dl id="organization"></dl></section>
  <section><h2>Active faults</h2><dl id="faults"></dl></section>
  <section class="wide"><h2>Requests <span id="total"></span></h2><dl id="requests" class="bars"></dl></section>
</main>
<footer>Control endpoints: GET /sandbox/status · POST /sandbox/clock · POST /sandbox/faults · GET /sandbox/requests · POST /sandbox/reset</footer>
<script>${pageScript}</script>
</body>
</html>
`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
