import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { ResultColumn } from '../../../model/mart-query.js';

/** A word whose definition opens beside it: by mouse, touch and keyboard, closed by Escape; the browser does all of it. */
export function Term({ column, children }: { column: ResultColumn | undefined; children: ComponentChildren }) {
  const id = useId();
  if (column?.definition === undefined) return <>{children}</>;
  return (
    <>
      <button type="button" class="term" popovertarget={id}>
        {children}
      </button>
      <span id={id} popover="auto" class="definition">
        <span>{column.definition}</span>
        {column.source !== undefined && <code>mart.{column.source}</code>}
      </span>
    </>
  );
}
