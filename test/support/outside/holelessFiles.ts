import type { FileSystem, OpenFile } from '../../../src/engine/outside/fileSystem';
import { nodeFiles } from '../../../src/engine/outside/fileSystem';

/**
 * A file system that makes no holes, as FAT or NTFS without the sparse flag: a file takes its length.
 * @param freeBytes what it says to be free; absent: what is
 * @param quotaBytes how long a file may become, which it doesn't tell before
 */
export function holelessFiles(
  options: { readonly freeBytes?: number | null; readonly quotaBytes?: number } = {},
): Partial<FileSystem> {
  const { freeBytes, quotaBytes = Number.POSITIVE_INFINITY } = options;
  return {
    ...(freeBytes !== undefined && { freeBytes: async () => freeBytes }),
    open: async (...args) => withoutHoles(await nodeFiles.open(...args), quotaBytes),
  };
}

function withoutHoles(file: OpenFile, quotaBytes: number): OpenFile {
  const charge = (byteCount: number): void => {
    if (byteCount > quotaBytes) throw Object.assign(new Error('EDQUOT: quota exceeded'), { code: 'EDQUOT' });
  };
  return new Proxy(file, {
    get: (target, name) => {
      if (name === 'stat') {
        return async (options?: { bigint: true }) => {
          const stats = await target.stat(options as { bigint: true });
          const size = Number(stats.size);
          return Object.assign(stats, {
            blocks: options?.bigint ? BigInt(Math.ceil(size / 512)) : Math.ceil(size / 512),
          });
        };
      }
      if (name === 'truncate') {
        return (length: number) => {
          charge(length);
          return target.truncate(length);
        };
      }
      if (name === 'write') {
        return (buffer: Uint8Array, offset: number, length: number, position: number) => {
          charge(position + length);
          return target.write(buffer, offset, length, position);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
