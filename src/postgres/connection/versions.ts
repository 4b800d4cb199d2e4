/**
 * Major versions of Postgres that this program runs on. The tests run on each of them and compare
 * the documents with this list.
 */
export const supportedVersions = [14, 15, 16, 17, 18] as const;

export type SupportedVersion = (typeof supportedVersions)[number];

export const oldestVersion: SupportedVersion = supportedVersions[0];
export const newestVersion: SupportedVersion = supportedVersions[supportedVersions.length - 1] as SupportedVersion;
