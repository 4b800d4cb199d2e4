import type { Permissions } from '../http/router.js';
import { rollOf } from '../ids.js';
import type { FaultName, FaultRate, FaultSettings } from './fault-settings.js';
import { parseFaultSettings } from './fault-settings.js';

type SpecOf<N extends FaultName> = Exclude<FaultSettings[N], number | undefined>;

/** Decides, from the seed and a key, whether a fault happens, and counts those that did. */
export class Faults {
  readonly #seed: number;
  #settings: FaultSettings;
  #counts = new Map<string, number>();

  constructor(seed: number, settings: FaultSettings) {
    this.#seed = seed;
    this.#settings = parseFaultSettings(settings);
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** Replaces all settings; counters start again so that `times` means from now on. */
  set(settings: FaultSettings): void {
    this.#settings = parseFaultSettings(settings);
    this.#counts = new Map();
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** The fault's settings when it strikes. `key` is the request's number or a record's id. */
  strikes<N extends FaultName>(name: N, key: number | string, path = ''): SpecOf<N> | undefined {
    const spec = this.#spec(name);
    if (spec === undefined || spec.rate === 0) return undefined;
    if (spec.times !== undefined && (this.#counts.get(name) ?? 0) >= spec.times) return undefined;
    if (spec.path !== undefined && !path.includes(spec.path)) return undefined;
    if (spec.rate < 1 && rollOf(this.#seed, name, key) >= spec.rate) return undefined;
    this.count(name);
    return spec as SpecOf<N>;
  }

  /** For faults that are decided by `isStruck`. */
  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Decides by chance alone for a key, without counting and regardless of `times`: the answer is the same however often it is asked. */
  isStruck(name: FaultName, key: number | string): boolean {
    const rate = this.#spec(name)?.rate ?? 0;
    return rate > 0 && (rate >= 1 || rollOf(this.#seed, name, key) < rate);
  }

  /** True while any of these could strike; lets prepared bytes be used when none can. */
  anyOn(names: readonly FaultName[]): boolean {
    return names.some((name) => (this.#spec(name)?.rate ?? 0) > 0);
  }

  /** The permissions that a caller lacks for an endpoint; empty when the call is permitted. */
  lacking(permissions: Permissions): readonly string[] {
    const missing = permissions.names.filter((name) =>
      (this.#settings.missingPermissions ?? []).some((pattern) => covers(pattern, name)),
    );
    const refused = missing.length > 0 && (permissions.mode === 'all' || missing.length === permissions.names.length);
    if (!refused) return [];
    this.count('missingPermissions');
    return permissions.mode === 'all' ? missing : permissions.names;
  }

  #spec(name: FaultName): (FaultRate & { readonly path?: string }) | undefined {
    const value = this.#settings[name];
    return typeof value === 'number' ? { rate: value } : value;
  }
}

function covers(pattern: string, permission: string): boolean {
  return pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission;
}
