import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

const SLAB_BYTES = 64 * 1024;
/** A slab with less room is left: reads into it would be too short. */
const LEAST_BYTES = 8 * 1024;

/** Where the bytes go that come from a client. */
export interface Receiver {
  /** Room that the next bytes are to be read into, and nothing else; null: they go to a buffer of their own. */
  room(): Buffer | null;
  /** So many bytes came into the room. */
  filled(byteCount: number): void;
  /** Bytes came that no room was given for. Answers whether they, and all before them, are of no use any more. */
  received(bytes: Buffer): boolean;
}

/** What Node's sockets have and its types don't tell; each part is missed without harm. */
interface Bare {
  _handle?: { readonly useUserBuffer?: unknown } | null;
}

/**
 * Has a socket read into buffers that the receiver gives. Node allows that for sockets that a program opens, not for those
 * that a server accepts: such a one is replaced by another one over the same handle. Where that can't be, Node makes a
 * buffer for each read, which costs time and leaves memory to be collected.
 * @returns the socket to be used from now on
 */
export function receiveInto(accepted: Socket, receiver: Receiver): Socket {
  const { _handle: handle } = accepted as Bare;
  if (typeof handle?.useUserBuffer !== 'function') {
    return accepted.on('data', (bytes: Buffer) => receiver.received(bytes));
  }
  const slab = new Slab();
  let room: Buffer | null = null;
  const options: SocketConstructorOpts & { readonly handle: unknown; readonly onread: OnReadOpts } = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: () => {
        room = receiver.room();
        return room ?? slab.rest();
      },
      callback: (byteCount, bytes) => {
        if (room) receiver.filled(byteCount);
        else {
          slab.use(byteCount);
          if (receiver.received(bytes.subarray(0, byteCount) as Buffer)) slab.reuse();
        }
        return true;
      },
    },
  };
  (accepted as Bare)._handle = null;
  return new Socket(options);
}

/** A buffer that reads use up one after the other, unless what they brought is used at once; then comes another one. */
class Slab {
  #bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  rest(): Buffer {
    if (SLAB_BYTES - this.#used < LEAST_BYTES) {
      this.#bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    return this.#bytes.subarray(this.#used);
  }

  use(byteCount: number): void {
    this.#used += byteCount;
  }

  /** Nothing refers to it any more: a new one for each few reads would leave memory to be collected. */
  reuse(): void {
    this.#used = 0;
  }
}
