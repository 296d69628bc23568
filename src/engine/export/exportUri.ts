/** Where a server listens. */
interface Place {
  readonly socketPath: string | null;
  readonly tcpPort: number | null;
}

/** The address of an export as clients take it; an empty name is the default export. */
export function exportUri({ socketPath, tcpPort }: Place, name: string): string {
  const path = encodePath(name);
  if (socketPath === null) return `nbd://127.0.0.1:${tcpPort}/${path}`;
  return `nbd+unix:///${path}?socket=${encodePath(socketPath)}`;
}

/** Slashes stay: they mean nothing else there, and the address can be read. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
