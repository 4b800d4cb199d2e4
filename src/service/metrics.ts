import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { allFigures, type Facts, type Figure, prefix } from './metrics-catalog.js';

export interface Metrics {
  readonly contentType: string;
  /** Renders the values of `facts` in Prometheus' text format. */
  text(facts: Facts): Promise<string>;
}

/** Creates the registry of one process: the program's figures and Node's own (`process_…`, `nodejs_…`). */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const put = allFigures.map((figure) => setter(figure, registry));
  return {
    contentType: registry.contentType,
    text: (facts) => {
      for (const set of put) set(facts);
      return registry.metrics();
    },
  };
}

function setter(figure: Figure, registry: Registry): (facts: Facts) => void {
  const options = {
    name: `${prefix}${figure.name}`,
    help: figure.help,
    labelNames: [...(figure.labels ?? [])],
    registers: [registry],
  };
  // Figures counted elsewhere are set again at each scrape, so that a removed stream leaves no
  // value.
  const metric = figure.kind === 'gauge' ? new Gauge(options) : new Counter(options);
  return (facts) => {
    metric.reset();
    // A reset leaves a metric without labels at 0, which nobody has measured.
    if (!figure.labels) metric.remove();
    for (const { value, labels } of figure.samples(facts)) metric.inc(labels ?? {}, value);
  };
}
