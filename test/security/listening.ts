import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listenState = '0A';

/** `address:port` of every TCP socket that a process listens at, from Linux's /proc; nothing on other systems. */
export function listeningAddresses(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((kind) => {
    const lines = readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trim().split('\n').slice(1);
    return lines
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === listenState && inodes.has(columns[9] ?? ''))
      .map((columns) => readable(columns[1] ?? ''));
  });
}

function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const shown =
    address.length === 8
      ? [6, 4, 2, 0].map((at) => Number.parseInt(address.slice(at, at + 2), 16)).join('.')
      : `[${address}]`;
  return `${shown}:${Number.parseInt(port, 16)}`;
}
