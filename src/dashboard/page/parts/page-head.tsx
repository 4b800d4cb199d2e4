import type { ComponentChildren } from 'preact';

/** A page's title, a sentence under it, and what it can be narrowed by. */
export function PageHead(props: { title: string; note?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class="head">
      <div>
        <h1 tabIndex={-1}>{props.title}</h1>
        {props.note !== undefined && <p class="note">{props.note}</p>}
      </div>
      {props.children !== undefined && <div class="controls">{props.children}</div>}
    </div>
  );
}
