import type { ByteOrder, Condition, NumberPlace, NumberType } from './description';

/** How many bytes a number of that type takes. */
export const NUMBER_BYTES: Readonly<Record<NumberType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
};

/** The number at a place, or null where the bytes don't reach. */
export function numberAt(bytes: Uint8Array, place: NumberPlace, order: ByteOrder): bigint | null {
  const byteCount = NUMBER_BYTES[place.type];
  if (place.at + byteCount > bytes.length) return null;
  const value = unsignedOf(bytes.subarray(place.at, place.at + byteCount), place.order ?? order);
  return place.type.startsWith('i') ? BigInt.asIntN(8 * byteCount, value) : value;
}

/** The unsigned number that all these bytes are. */
export function unsignedOf(bytes: Uint8Array, order: ByteOrder): bigint {
  const little = order === 'little' ? bytes : Uint8Array.from(bytes).reverse();
  return little.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** True if all conditions hold of the bytes of a structure. */
export function areMet(conditions: readonly Condition[], bytes: Uint8Array, order: ByteOrder): boolean {
  return conditions.every((condition) => isMet(condition, bytes, order));
}

function isMet(condition: Condition, bytes: Uint8Array, order: ByteOrder): boolean {
  if ('any' in condition) return condition.any.some((each) => isMet(each, bytes, order));
  if ('hex' in condition) {
    const { at, hex } = condition;
    return Buffer.from(bytes.subarray(at, at + hex.length / 2)).toString('hex') === hex;
  }
  const value = numberAt(bytes, condition, order);
  if (value === null) return false;
  const { min, max, oneOf, bits, isPower } = condition;
  if (min !== undefined && value < BigInt(min)) return false;
  if (max !== undefined && value > BigInt(max)) return false;
  if (oneOf && !oneOf.some((each) => BigInt(each) === value)) return false;
  if (bits !== undefined && (value & BigInt(bits)) === 0n) return false;
  return !isPower || (value > 0n && (value & (value - 1n)) === 0n);
}
