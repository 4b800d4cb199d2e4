const kilo = 1_024;
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Formats a size, such as `512 MB` or `1.5 GB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(kilo))));
  const value = bytes / kilo ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
