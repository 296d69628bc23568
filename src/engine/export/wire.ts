/** The numbers of the NBD protocol, as its public specification names them. All numbers on the wire are big-endian. */

export const HELLO_MAGIC = 0x4e42444d41474943n;
export const OPTION_MAGIC = 0x49484156454f5054n;
export const OPTION_REPLY_MAGIC = 0x0003e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const CHUNK_MAGIC = 0x668e33ef;

/** In the server's hello and the client's answer alike. */
export const HandshakeFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const Option = {
  exportName: 1,
  abort: 2,
  list: 3,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

const ERROR_BIT = 2 ** 31;

export const OptionReply = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: ERROR_BIT + 1,
  invalid: ERROR_BIT + 3,
  unknown: ERROR_BIT + 6,
  shutdown: ERROR_BIT + 7,
} as const;

export const Info = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** What an export can do. */
export const ExportFlag = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  sendFlush: 1 << 2,
  sendFua: 1 << 3,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
  sendDf: 1 << 7,
  canMultiConn: 1 << 8,
  sendCache: 1 << 10,
  sendFastZero: 1 << 11,
} as const;

export const Command = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  cache: 5,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

export const CommandFlag = { fua: 1, noHole: 2, df: 4, reqOne: 8, fastZero: 16 } as const;

export const ChunkType = {
  offsetData: 1,
  blockStatus: 5,
  error: 0x8001,
  errorOffset: 0x8002,
} as const;

export const CHUNK_DONE = 1;

export const Errno = {
  EPERM: 1,
  EIO: 5,
  EINVAL: 22,
  ENOSPC: 28,
  EOVERFLOW: 75,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;

export const REQUEST_BYTES = 28;
export const OPTION_HEADER_BYTES = 16;
export const SIMPLE_REPLY_BYTES = 16;
export const CHUNK_HEADER_BYTES = 20;
/** The header of a chunk with data, and the offset before the data. */
export const DATA_HEADER_BYTES = CHUNK_HEADER_BYTES + 8;

/** Names and queries may be this long. */
export const MAX_STRING_BYTES = 4096;

/** The sizes of requests that are told to clients. */
export const BLOCK_SIZE = { minimum: 512, preferred: 4096, maximum: 32 * 1024 * 1024 } as const;
