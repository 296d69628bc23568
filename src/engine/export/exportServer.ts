import type { Socket } from 'node:net';
import { RemapError } from '../errors';
import type { MachineEvent } from '../machine/machineContracts';
import { doors } from '../outside/doors';
import { Connection, type ConnectionHost } from './connection';
import { DeviceExport, type ExportMachine } from './deviceExport';
import type {
  ExportEvent,
  ExportFigures,
  ExportLimits,
  ExportOptions,
  ExportServer,
} from './exportContracts';
import { exportUri } from './exportUri';
import { DEFAULT_LIMITS, SharedBudget } from './limits';
import { type Listener, listen } from './listener';

/**
 * Offers devices of a machine, and their images, to NBD clients.
 * @throws RemapError `EINVAL` without exports, `EEXIST` for two of the same name, `ENODEV` for a device that isn't assembled,
 * `ENOENT` for a spare that is missing, and as {@link listen} says
 */
export async function exportDevices(machine: ExportMachine, options: ExportOptions): Promise<ExportServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const exports = options.exports.map((spec) => new DeviceExport(machine, spec, limits.returnMs));
  checkNames(exports);
  const server = new NbdServer(exports, limits, options.onEvent ?? (() => undefined));
  const listener = await listen(options.listen ?? {}, (socket) => server.accept(socket));
  server.begin(listener, machine);
  return server;
}

function checkNames(exports: readonly DeviceExport[]): void {
  if (exports.length === 0) throw new RemapError('EINVAL', 'there is nothing to export: name a device');
  const names = new Set<string>();
  for (const { name } of exports) {
    if (names.has(name))
      throw new RemapError('EEXIST', `two exports are named ${name}: name each once`, { name });
    names.add(name);
  }
}

/** The clients of some exports, and the end of it all. */
class NbdServer implements ExportServer, ConnectionHost {
  readonly budget: SharedBudget;
  readonly #exports: readonly DeviceExport[];
  readonly #limits: ExportLimits;
  readonly #onEvent: (event: ExportEvent) => void;
  readonly #connections = new Set<Connection>();
  readonly #clients = new Map<DeviceExport, number>();
  #listener: Listener | null = null;
  #unfollow: () => void = () => undefined;
  #endGathering: () => void = () => undefined;
  #closing: Promise<void> | null = null;
  #onEmpty: (() => void) | null = null;

  constructor(exports: readonly DeviceExport[], limits: ExportLimits, onEvent: (event: ExportEvent) => void) {
    this.#exports = exports;
    this.#limits = limits;
    this.#onEvent = onEvent;
    this.budget = new SharedBudget(limits);
    for (const each of exports) {
      each.whenEnded(() => this.#ended(each));
      each.whenFailed((message) => onEvent({ kind: 'failed', export: each.name, message }));
    }
  }

  begin(listener: Listener, machine: ExportMachine): void {
    this.#listener = listener;
    this.#unfollow = machine.onEvent((event) => this.#follow(event));
    this.#endGathering = doors.files.gatherReads();
  }

  get isEnding(): boolean {
    return this.#closing !== null;
  }

  get socketPath(): string | null {
    return this.#listener!.socketPath;
  }

  get tcpPort(): number | null {
    return this.#listener!.tcpPort;
  }

  uriOf(name = this.#exports[0]!.name): string {
    return exportUri(this, name);
  }

  figures(): ExportFigures[] {
    return this.#exports.map((each) => ({
      name: each.name,
      device: each.deviceName,
      uri: this.uriOf(each.name),
      clients: this.#clients.get(each) ?? 0,
      ...each.counters,
    }));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  accept(socket: Socket): void {
    if (this.isEnding || this.#connections.size >= this.#limits.clients) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    this.#connections.add(new Connection(socket, this));
  }

  exports(): readonly DeviceExport[] {
    return this.#exports.filter(({ isEnded }) => !isEnded);
  }

  find(name: string): DeviceExport | undefined {
    const found = name === '' ? this.#exports[0] : this.#exports.find((each) => each.name === name);
    return found?.isEnded ? undefined : found;
  }

  joined(chosen: DeviceExport): void {
    this.#count(chosen, 1);
  }

  left(chosen: DeviceExport): void {
    this.#count(chosen, -1);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #count(chosen: DeviceExport, change: number): void {
    const clients = (this.#clients.get(chosen) ?? 0) + change;
    this.#clients.set(chosen, clients);
    this.#onEvent({ kind: 'clients', export: chosen.name, clients });
  }

  #follow(event: MachineEvent): void {
    if (event.kind === 'powerLoss') for (const connection of this.#connections) connection.cut();
    else for (const each of this.#exports) each.follow(event);
  }

  #ended(ended: DeviceExport): void {
    for (const connection of this.#connections) {
      if (connection.chosen === ended) connection.end(this.#limits.endMs);
    }
    this.#onEvent({ kind: 'ended', export: ended.name });
  }

  async #close(): Promise<void> {
    await this.#listener!.close();
    for (const connection of this.#connections) connection.end(this.#limits.endMs);
    for (const each of this.#exports) each.close();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    this.#unfollow();
    this.#endGathering();
  }
}
