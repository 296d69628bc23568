import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchedFiles } from '../../../src/devices/inventory';

type FileListener = (event: { path: string; change: 'created' | 'changed' | 'deleted' }) => unknown;

/** The files of one folder of a test, as the inventory sees a workspace; events come only when a test sends them. */
export class FolderFiles implements WatchedFiles {
  isWatched = false;
  #deviceFile: FileListener | undefined;
  #images: (() => unknown) | undefined;
  #gone: ((path: string) => unknown) | undefined;
  #folders: (() => unknown) | undefined;

  constructor(private readonly folder: () => string) {}

  readonly onDeviceFile = (listener: FileListener) => {
    this.#deviceFile = listener;
    return { dispose: () => (this.#deviceFile = undefined) };
  };

  readonly onImages = (listener: () => unknown) => {
    this.#images = listener;
    return { dispose: () => (this.#images = undefined) };
  };

  readonly onGone = (listener: (path: string) => unknown) => {
    this.#gone = listener;
    return { dispose: () => (this.#gone = undefined) };
  };

  readonly onFolders = (listener: (event: unknown) => unknown) => {
    this.#folders = () => listener(undefined);
    return { dispose: () => (this.#folders = undefined) };
  };

  /** Resolves when the inventory has done what the event makes it do; so do the others. */
  async sendDeviceFile(path: string, change: 'created' | 'changed' | 'deleted'): Promise<void> {
    await this.#deviceFile?.({ path, change });
  }

  async sendImages(): Promise<void> {
    await this.#images?.();
  }

  async sendGone(path: string): Promise<void> {
    await this.#gone?.(path);
  }

  async sendFolders(): Promise<void> {
    await this.#folders?.();
  }

  watch(): void {
    this.isWatched = true;
  }

  folders(): readonly string[] {
    return [this.folder()];
  }

  async deviceFiles(): Promise<string[]> {
    return this.#find('.remap');
  }

  async images(): Promise<string[]> {
    return this.#find('.img');
  }

  #find(ending: string): string[] {
    const names = readdirSync(this.folder(), { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith(ending))
      .map((name) => join(this.folder(), name))
      .sort();
  }
}
