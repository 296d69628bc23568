import type { SectorView } from '../device/deviceContracts';

/** A disk that a server offers: a device, or read-only one of its images with the faults of its medium. */
export interface ExportSpec {
  /** As clients name it. */
  readonly name: string;
  /** The assembled device, by name. */
  readonly device: string;
  /** Absent: the device itself. Its images are read-only. */
  readonly from?: SectorView;
  /** Index of the spare; 0 unless given. */
  readonly member?: number;
  /** Refuses every write, though the device takes them. */
  readonly readOnly?: boolean;
}

/**
 * Where a server listens. A socket without a path is made in a new folder that only this user may enter. TCP is on the
 * loopback address alone; port 0 takes one that is free.
 */
export type ListenAddress = { readonly socketPath?: string } | { readonly tcpPort: number };

/** What a server holds at most. */
export interface ExportLimits {
  /** Clients that are connected at a time; one more is disconnected at once. */
  readonly clients: number;
  /** Requests that are being carried out, for each client and for all. */
  readonly clientRequests: number;
  readonly requests: number;
  /** Bytes of data under way between devices and sockets, for each client and for all. */
  readonly clientBytes: number;
  readonly bytes: number;
  /** How long a request waits for a device that is being reloaded or rebooted, in milliseconds. */
  readonly returnMs: number;
  /** How long the end of a server waits for requests under way, in milliseconds. */
  readonly endMs: number;
}

export interface ExportOptions {
  /** The first one is the default: it also answers to an empty name. */
  readonly exports: readonly ExportSpec[];
  readonly listen?: ListenAddress;
  readonly limits?: Partial<ExportLimits>;
  readonly onEvent?: (event: ExportEvent) => void;
}

/** What an export has done since the server began: plain JSON. */
export interface ExportFigures {
  readonly name: string;
  readonly device: string;
  readonly uri: string;
  /** Clients that have it open now. */
  readonly clients: number;
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Requests that were answered with an error. */
  readonly errors: number;
  readonly lastError: string | null;
}

/** Something happened to an export. */
export type ExportEvent =
  /** A client opened it, or has gone. */
  | { readonly kind: 'clients'; readonly export: string; readonly clients: number }
  /** A request of a client failed. */
  | { readonly kind: 'failed'; readonly export: string; readonly message: string }
  /** Its device was removed, or has not come back: clients are disconnected. */
  | { readonly kind: 'ended'; readonly export: string };

/** A running server. */
export interface ExportServer {
  /** The socket's path, or null on TCP. */
  readonly socketPath: string | null;
  /** The port on the loopback address, or null on a socket. */
  readonly tcpPort: number | null;
  /** The address of an export, as clients take it; of the first one without a name. */
  uriOf(name?: string): string;
  /** The figures of all exports, in the order given. */
  figures(): ExportFigures[];
  /**
   * Ends the server: requests under way are finished, for a while, new ones refused with ESHUTDOWN, and clients
   * disconnected. Devices stay as they are. Idempotent.
   */
  close(): Promise<void>;
}
