import { type ReadRequest, SECTOR_SIZE } from './blockDevice';
import { type ImageIo, MAX_TRANSFER_BYTES, type TransferDone } from './imageIo';
import type { Startable } from './turnQueue';

/** The system call of a read. Serves one request after the other: making one takes as long as a tenth of a small read. */
export class ImageRead implements Startable {
  /** What is being read; null while idle. */
  request: ReadRequest | null = null;

  constructor(
    private readonly io: ImageIo,
    private readonly fd: number,
    private readonly answered: (read: ImageRead, ...outcome: Parameters<TransferDone>) => void,
  ) {}

  start(): void {
    const { sector, buffer } = this.request!;
    const length = Math.min(buffer.length, MAX_TRANSFER_BYTES);
    try {
      this.io.read(this.fd, buffer, 0, length, sector * SECTOR_SIZE, this.#done);
    } catch (error) {
      this.#done(error as Error, 0);
    }
  }

  readonly #done: TransferDone = (error, byteCount) => this.answered(this, error, byteCount);
}
