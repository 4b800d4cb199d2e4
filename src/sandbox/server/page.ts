import type { Answer } from './answer.js';
import { text } from './answer.js';
import type { SandboxControl } from './control.js';

export function pageAnswer(control: SandboxControl): Answer {
  return text(
    'text/plain; charset=utf-8',
    `genesys-warehouse sandbox\n\n${JSON.stringify(control.status(), null, 2)}\n`,
  );
}
