import { isLoopbackHost } from '../lib/loopback.js';
import type { Fields } from './fields.js';

export interface DashboardConfig {
  /** `run` serves the page on its service port. */
  readonly isOn: boolean;
  /** Required everywhere once it is set; must be set where other machines can reach the page. */
  readonly password?: string;
  /** Database role that the page reads as; chosen by the program where absent. */
  readonly role?: string;
}

interface Served {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
}

export function dashboardConfig(values: Fields): DashboardConfig {
  const { GENESYS_WAREHOUSE_DASHBOARD_PASSWORD: password, GENESYS_WAREHOUSE_DASHBOARD_ROLE: role } = values;
  return Object.freeze({
    isOn: values.GENESYS_WAREHOUSE_DASHBOARD === 'on',
    ...(password !== undefined && { password }),
    ...(role !== undefined && { role }),
  });
}

/** Returns why the page may not be served as configured: a page that other machines can reach needs a password. */
export function dashboardFault({ host, names }: Omit<Served, 'port'>, page: DashboardConfig): string | undefined {
  if (page.password !== undefined) return undefined;
  if (!isLoopbackHost(host))
    return `GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is missing; GENESYS_WAREHOUSE_SERVICE_HOST ${host} can be reached from other machines`;
  if (names.length > 0)
    return 'GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is missing; GENESYS_WAREHOUSE_SERVICE_NAMES lets the page be reached by other names';
  return undefined;
}

/** Returns the faults of a page that `run` is to serve. */
export function servedFaults(values: Fields, service: Served): string[] {
  const page = dashboardConfig(values);
  if (!page.isOn) return [];
  if (service.port === 0)
    return ['GENESYS_WAREHOUSE_DASHBOARD is on, but GENESYS_WAREHOUSE_SERVICE_PORT is 0; set a port'];
  const fault = dashboardFault(service, page);
  return fault === undefined ? [] : [fault];
}
