import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileError } from '../block/fileError';
import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import type { ListenAddress } from './exportContracts';

const FOLDER_PREFIX = 'remap-nbd-';
const SOCKET_NAME = 'nbd.sock';
/** A folder that is younger may be one in which a server is about to listen. */
const STALE_FOLDER_MS = 60_000;
const LOOPBACK = '127.0.0.1';
/** A socket's path may not be longer, in bytes: the system cuts it without a word. */
const MAX_PATH_BYTES = 107;

/** Where clients can connect. */
export interface Listener {
  readonly socketPath: string | null;
  readonly tcpPort: number | null;
  /** No client can connect any more, and the socket is gone. Those that are connected stay. */
  close(): Promise<void>;
}

/** Named pipes of Windows, which Node serves as it does sockets. They go with their server, and only this user may write to them. */
const PIPE = /^[\\/]{2}[.?][\\/]pipe[\\/]./i;

/**
 * Begins to listen: on a socket that only this user may use, or on the loopback address. A socket that a server left when
 * it died is removed. Windows has no such sockets for Node: there a path is that of a named pipe, and where none is given
 * it is the loopback address, which is what NBD clients there speak.
 * @throws RemapError `EBUSY` for a socket or port on which a server listens, `EEXIST` for a path that is no socket, `EINVAL`
 * for a path that is too long, and why else a file can't be made
 */
export async function listen(address: ListenAddress, onClient: (socket: Socket) => void): Promise<Listener> {
  // A client may close its end when it has sent all, and still wants its answers.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onClient);
  if ('tcpPort' in address) return listenOnPort(server, address.tcpPort);
  if (doors.host.platform === 'win32') {
    return address.socketPath === undefined
      ? listenOnPort(server, 0)
      : listenOnPipe(server, address.socketPath);
  }
  if (address.socketPath !== undefined) return listenOnSocket(server, address.socketPath, null);
  await removeStaleFolders();
  const folder = await doors.files.mkdtemp(join(doors.host.temporaryFolder(), FOLDER_PREFIX));
  try {
    return await listenOnSocket(server, join(folder, SOCKET_NAME), folder);
  } catch (error) {
    await doors.files.rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function listenOnPort(server: Server, port: number): Promise<Listener> {
  try {
    await listening(server, () => server.listen({ host: LOOPBACK, port, exclusive: true }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new RemapError('EBUSY', `a program listens on port ${port} already: choose another`, { port });
  }
  const bound = server.address();
  const tcpPort = typeof bound === 'object' && bound ? bound.port : port;
  return { socketPath: null, tcpPort, close: () => closed(server) };
}

async function listenOnPipe(server: Server, path: string): Promise<Listener> {
  if (!PIPE.test(path)) {
    const text = `${path} is no named pipe, and Windows has no other sockets: give \\\\.\\pipe\\NAME, or a TCP port`;
    throw new RemapError('EINVAL', text, { path });
  }
  if (await isAlive(path)) throw inUse(path);
  try {
    await listening(server, () => server.listen({ path }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw inUse(path);
    throw fileError(error, path, 'create');
  }
  return { socketPath: path, tcpPort: null, close: () => closed(server) };
}

/** @param folder was made for the socket, and goes with it */
async function listenOnSocket(server: Server, path: string, folder: string | null): Promise<Listener> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    const text = `${path} is too long for a socket: its path may have ${MAX_PATH_BYTES} bytes`;
    throw new RemapError('EINVAL', text, { path });
  }
  await removeStale(path);
  try {
    // Without the folder the system's answer to a listener would be that it isn't allowed to.
    await doors.files.lstat(dirname(path));
    await listening(server, () => server.listen({ path }));
    await doors.files.chmod(path, 0o600);
  } catch (error) {
    if (server.listening) await closed(server);
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw inUse(path);
    throw fileError(error, path, 'create');
  }
  const close = async (): Promise<void> => {
    await closed(server);
    if (folder !== null) await doors.files.rm(folder, { recursive: true, force: true });
  };
  return { socketPath: path, tcpPort: null, close };
}

/**
 * Removes a socket on which no one listens. It is taken aside first, and asked again there: another server may have made
 * it anew in between.
 */
async function removeStale(path: string): Promise<void> {
  if (!(await isStale(path))) return;
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  await doors.files.rename(path, aside);
  if (await isAlive(aside)) {
    await doors.files.link(aside, path).catch(() => undefined);
    await doors.files.unlink(aside);
    throw inUse(path);
  }
  await doors.files.unlink(aside);
}

/**
 * Removes the folders that servers of this user left when they were killed: those that hold nothing, or only a socket on
 * which no one listens. What can't be removed stays.
 */
async function removeStaleFolders(): Promise<void> {
  const names = await doors.files.readdir(doors.host.temporaryFolder()).catch(() => []);
  for (const name of names) {
    // The name that mkdtemp makes; folders of others may begin alike.
    if (!/^remap-nbd-[A-Za-z0-9]{6}$/.test(name)) continue;
    await removeStaleFolder(join(doors.host.temporaryFolder(), name)).catch(() => undefined);
  }
}

async function removeStaleFolder(folder: string): Promise<void> {
  const stats = await doors.files.lstat(folder);
  const isOurs = stats.isDirectory() && stats.uid === process.getuid?.();
  if (!isOurs || Date.now() - stats.mtimeMs < STALE_FOLDER_MS) return;
  const socket = join(folder, SOCKET_NAME);
  if (await isStale(socket)) await doors.files.unlink(socket);
  // Refused while there is anything else in it.
  await doors.files.rmdir(folder);
}

async function isStale(path: string): Promise<boolean> {
  const found = await doors.files.lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw fileError(error, path, 'open');
  });
  if (!found) return false;
  if (!found.isSocket()) {
    throw new RemapError('EEXIST', `${path} is there and is no socket: choose another path`, { path });
  }
  if (await isAlive(path)) throw inUse(path);
  return true;
}

/** Whether a server listens on a socket. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const answer = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', () => answer(true));
    // A server that is too busy to accept has a full queue.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => answer(code === 'EAGAIN'));
  });
}

function inUse(path: string): RemapError {
  return new RemapError('EBUSY', `a server listens on ${path} already: end it, or choose another path`, {
    path,
  });
}

function listening(server: Server, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    start();
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // It would wait for all clients; only the socket is to go now.
    server.close();
    setImmediate(resolve);
  });
}
