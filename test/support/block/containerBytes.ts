import { gzipSync } from 'node:zlib';

/** How packed files begin, as bytes in Latin-1. */
export const gzip = gzipSync('a disk').toString('latin1');
export const zstd = '\x28\xb5\x2f\xfd\x04\x00';
export const xz = '\xfd7zXZ\0\0\x04';
export const bzip2 = 'BZh91AY&SY';
export const zip = 'PK\x03\x04\x14\0';
