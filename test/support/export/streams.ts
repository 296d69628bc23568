import { type Random, randomInteger } from '../../../src/engine/block/random';
import { contextData, infoData, requestBytes, uint32 } from './rawClient';

const OPTIONS = [3, 5, 6, 8, 9, 10, 11, 99];
/** They end the haggling, or the connection. */
const LAST_OPTIONS = [1, 2, 7];
const NUMBERS = [
  0,
  1,
  2,
  3,
  7,
  255,
  511,
  512,
  513,
  4096,
  65_535,
  65_536,
  2 ** 24,
  2 ** 25 + 512,
  2 ** 31,
  2 ** 32 - 512,
  2 ** 32 - 1,
];
/** The rarest longest: most streams get through the haggling, so that what comes after it is met too. */
const MAX_MUTATIONS = 4;

/** What a client sends: valid at first, and then changed in a few places, or cut off. */
export function damagedStream(random: Random, byteLength: number): Buffer {
  let stream = validStream(random, byteLength);
  for (let left = randomInteger(random, MAX_MUTATIONS + 1); left > 0; left--)
    stream = mutated(random, stream);
  return stream;
}

function validStream(random: Random, byteLength: number): Buffer {
  const parts = [uint32(3)];
  if (randomInteger(random, 4) > 0) parts.push(option(8));
  for (let left = randomInteger(random, 3); left > 0; left--) parts.push(anyOption(random));
  if (randomInteger(random, 2) > 0)
    parts.push(option(10, contextData('disk', ['base:allocation', 'x-remap:state'])));
  parts.push(
    randomInteger(random, 8) > 0 ? option(7, infoData('disk', [3])) : option(1, Buffer.from('disk')),
  );
  for (let left = 1 + randomInteger(random, 8); left > 0; left--) parts.push(anyRequest(random, byteLength));
  return Buffer.concat(parts);
}

function option(number: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from('IHAVEOPT'), uint32(number), uint32(data.length), data]);
}

function anyOption(random: Random): Buffer {
  const data = [
    Buffer.alloc(0),
    infoData('disk', [0, 1, 2, 3]),
    contextData('disk', ['base:', 'x-remap:state', '']),
    Buffer.alloc(randomInteger(random, 300), 1),
  ];
  const options = randomInteger(random, 20) === 0 ? LAST_OPTIONS : OPTIONS;
  return option(pick(random, options), pick(random, data));
}

function anyRequest(random: Random, byteLength: number): Buffer {
  const command = randomInteger(random, 9);
  const offset = randomInteger(random, byteLength / 512) * 512;
  const room = randomInteger(random, 8) === 0 ? byteLength : byteLength - offset;
  const length =
    command === 3
      ? 0
      : 512 * (1 + randomInteger(random, Math.min(pick(random, [1, 8, 256, 2048]), room / 512)));
  const flags = pick(random, [0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32]);
  const cookie = BigInt(randomInteger(random, 2 ** 31));
  const header = requestBytes({ command, offset: command === 3 ? 0 : offset, length, flags, cookie });
  return command === 1 ? Buffer.concat([header, Buffer.alloc(length, 0xee)]) : header;
}

function mutated(random: Random, stream: Buffer): Buffer {
  const copy = Buffer.from(stream);
  if (copy.length < 8) return copy;
  const at = randomInteger(random, copy.length - 4);
  switch (randomInteger(random, 6)) {
    case 0:
      copy[at]! ^= 1 << randomInteger(random, 8);
      return copy;
    case 1:
      copy.writeUInt32BE(pick(random, NUMBERS), at);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + randomInteger(random, 40))]);
    case 4:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.alloc(1 + randomInteger(random, 40), at),
        copy.subarray(at),
      ]);
    default:
      return Buffer.concat([copy, copy.subarray(at)]);
  }
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[randomInteger(random, list.length)]!;
}
