import type { Relation } from '../../../model/mart-query.js';
import { timeOf } from '../../../model/mart-report.js';
import { useFacts } from '../facts.js';
import { type Address, hrefOf, listOf } from '../lib/address.js';
import { usePath } from '../lib/api.js';
import { addDays, spanOf } from '../lib/days.js';
import { examples, groups } from '../lib/reports.js';
import { Fault } from '../parts/notice.js';
import { PageHead } from '../parts/page-head.js';
import { ReportForm } from '../parts/report-form.js';
import { ReportResult } from '../parts/report-result.js';

/** A report put together from the dictionary; the address holds all of it. */
export function ReportPage({ address }: { address: Address }) {
  const answer = usePath<readonly Relation[]>('/api/relations');
  const relations = answer.result ?? [];
  const relation = relations.find(({ name }) => name === address.query.get('relation'));
  return (
    <>
      <PageHead
        title={relation === undefined ? 'Report' : relation.name}
        note={
          relation === undefined ? (
            'Choose a relation of schema mart, then its columns. The address holds the whole report.'
          ) : (
            <>
              <a href="/report">All relations</a> · {relation.definition}
            </>
          )
        }
      />
      <Fault answer={answer} />
      {relation === undefined ? (
        <Dictionary relations={relations} />
      ) : (
        <Composed address={address} relation={relation} />
      )}
    </>
  );
}

function Composed({ address, relation }: { address: Address; relation: Relation }) {
  const { today } = useFacts();
  const span = spanOf(address.query, today);
  const query = new URLSearchParams({ relation: relation.name });
  const [by, measures] = [listOf(address.query, 'by'), listOf(address.query, 'measures')];
  if (by.length > 0) query.set('by', by.join(','));
  if (measures.length > 0) query.set('measures', measures.join(','));
  for (const filter of address.query.getAll('where')) query.append('where', filter);
  const step = address.query.get('step') ?? '';
  if (timeOf(relation) !== undefined) {
    if (step !== '') query.set('step', step);
    query.set('from', span.from);
    query.set('to', addDays(span.to, 1));
  }
  const isAsked = by.length + measures.length > 0;
  return (
    <>
      <ReportForm address={address} relation={relation} />
      {isAsked ? (
        <ReportResult query={query} by={by} measures={measures} isStepped={step !== ''} />
      ) : (
        <Columns relation={relation} />
      )}
    </>
  );
}

function Columns({ relation }: { relation: Relation }) {
  return (
    <section class="card">
      <header>
        <h2>Columns of {relation.name}</h2>
      </header>
      <dl class="dictionary">
        {relation.columns.map(({ name, type, definition }) => (
          <div key={name}>
            <dt>
              <code>{name}</code> <span class="note">{type}</span>
            </dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Dictionary({ relations }: { relations: readonly Relation[] }) {
  return (
    <>
      <section class="card">
        <header>
          <h2>Begin with one of these</h2>
        </header>
        <ul class="links">
          {examples.map(({ label, query }) => (
            <li key={label}>
              <a href={`/report?${query}`}>{label}</a>
            </li>
          ))}
        </ul>
      </section>
      {groups.map(({ start, label }) => (
        <section class="card" key={start}>
          <header>
            <h2>{label}</h2>
          </header>
          <dl class="dictionary">
            {relations
              .filter(({ name }) => name.startsWith(start))
              .map(({ name, definition }) => (
                <div key={name}>
                  <dt>
                    <a href={hrefOf('/report', { relation: name })}>{name}</a>
                  </dt>
                  <dd>{definition}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </>
  );
}
