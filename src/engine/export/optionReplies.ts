import type { DeviceExport } from './deviceExport';
import { BLOCK_SIZE, ExportFlag, Info, OPTION_REPLY_MAGIC, type Option, OptionReply } from './wire';

const HEADER_BYTES = 20;
/** After the reply to EXPORT_NAME, for clients that didn't ask to go without. */
const PADDING_BYTES = 124;

/** A reply to an option, with its data. */
export function optionReply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigUInt64BE(OPTION_REPLY_MAGIC);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(data.length, 16);
  return data.length === 0 ? header : Buffer.concat([header, data]);
}

/** The answer to EXPORT_NAME, which is a reply of its own form. */
export function exportNameReply(chosen: DeviceExport, structured: boolean, noZeroes: boolean): Buffer {
  const reply = Buffer.alloc(10 + (noZeroes ? 0 : PADDING_BYTES));
  reply.writeBigUInt64BE(BigInt(chosen.byteLength));
  reply.writeUInt16BE(transmissionFlags(chosen, structured), 8);
  return reply;
}

/** The replies to INFO and GO before the last one: the size and the flags, and what else was asked for. */
export function infoReplies(
  option: typeof Option.info | typeof Option.go,
  chosen: DeviceExport,
  infos: ReadonlySet<number>,
  structured: boolean,
): Buffer[] {
  const info = Buffer.alloc(12);
  info.writeUInt16BE(Info.export);
  info.writeBigUInt64BE(BigInt(chosen.byteLength), 2);
  info.writeUInt16BE(transmissionFlags(chosen, structured), 10);
  const texts = [
    ...(infos.has(Info.name) ? [textInfo(Info.name, chosen.name)] : []),
    ...(infos.has(Info.description) ? [textInfo(Info.description, chosen.description)] : []),
    ...(infos.has(Info.blockSize) ? [blockSizeInfo()] : []),
  ];
  return [info, ...texts].map((data) => optionReply(option, OptionReply.info, data));
}

function textInfo(type: number, text: string): Buffer {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(type);
  return Buffer.concat([header, Buffer.from(text)]);
}

function blockSizeInfo(): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt16BE(Info.blockSize);
  data.writeUInt32BE(BLOCK_SIZE.minimum, 2);
  data.writeUInt32BE(BLOCK_SIZE.preferred, 6);
  data.writeUInt32BE(BLOCK_SIZE.maximum, 10);
  return data;
}

/**
 * WRITE_ZEROES is offered with TRIM: without it nbdfuse 1.14 writes zeros to the wrong place. DF is for chunks alone. All
 * connections share the device, so a flush on one covers what was answered on any.
 */
function transmissionFlags({ readOnly }: DeviceExport, structured: boolean): number {
  const { hasFlags, sendFlush, sendFua, canMultiConn, sendCache, sendDf, sendTrim, sendWriteZeroes } =
    ExportFlag;
  const always = hasFlags | sendFlush | sendFua | canMultiConn | sendCache;
  const writing = readOnly ? ExportFlag.readOnly : sendTrim | sendWriteZeroes | ExportFlag.sendFastZero;
  return always | writing | (structured ? sendDf : 0);
}
