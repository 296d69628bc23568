import { fdatasync, read, write } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';

/** What a workload needs of a disk; a raw file and an assembled device both are one. */
export interface Disk {
  read(sector: number, buffer: Uint8Array): Promise<void>;
  write(sector: number, buffer: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

/** The file below the stack, through the same calls that the stack ends in and nothing else. */
export class RawFile implements Disk {
  readonly #handle: FileHandle;
  readonly #fd: number;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#fd = handle.fd;
  }

  static async open(path: string): Promise<RawFile> {
    return new RawFile(await open(path, 'r+'));
  }

  read(sector: number, buffer: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      read(this.#fd, buffer, 0, buffer.length, sector * SECTOR_SIZE, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      write(this.#fd, buffer, 0, buffer.length, sector * SECTOR_SIZE, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
