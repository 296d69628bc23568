import type { ByteOrder, Condition, Measure, NumberPlace, NumberType } from './description';
import type { KnownBytes } from './knownBytes';

/** How many bytes a number of that type takes. */
export const NUMBER_BYTES: Readonly<Record<NumberType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u24: 3,
  u32: 4,
  i32: 4,
  u48: 6,
  u64: 8,
  i64: 8,
};

/** The number at a place, or null where not all of its bytes are known. */
export function numberAt(known: KnownBytes, place: NumberPlace, order: ByteOrder): bigint | null {
  const bytes = known.get(place.at, place.at + NUMBER_BYTES[place.type]);
  return bytes && numberOf(bytes, place.type, place.order ?? order);
}

/** The number that all these bytes are. */
export function numberOf(bytes: Uint8Array, type: NumberType, order: ByteOrder): bigint {
  const value = unsignedOf(bytes, order);
  return type.startsWith('i') ? BigInt.asIntN(8 * bytes.length, value) : value;
}

/** The unsigned number that all these bytes are. */
export function unsignedOf(bytes: Uint8Array, order: ByteOrder): bigint {
  const little = order === 'little' ? bytes : Uint8Array.from(bytes).reverse();
  return little.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A number that is given, or one that the structure says; null where it isn't known, or no exact natural number. */
export function measured(measure: Measure, known: KnownBytes, order: ByteOrder): number | null {
  if (typeof measure === 'number') return measure;
  const value = numberAt(known, measure, order);
  if (value === null) return null;
  const result = (measure.plus ?? 0) + (measure.times ?? 1) * Number(value);
  return Number.isSafeInteger(result) && result >= 0 ? result : null;
}

/** True if all conditions hold of the bytes of a structure, as far as they are known. */
export function areMet(conditions: readonly Condition[], known: KnownBytes, order: ByteOrder): boolean {
  return conditions.every((condition) => isMet(condition, known, order));
}

function isMet(condition: Condition, known: KnownBytes, order: ByteOrder): boolean {
  if ('any' in condition) return condition.any.some((each) => isMet(each, known, order));
  if ('hex' in condition) {
    const { at, hex } = condition;
    const bytes = known.get(at, at + hex.length / 2);
    return bytes !== null && Buffer.from(bytes).toString('hex') === hex;
  }
  const value = numberAt(known, condition, order);
  if (value === null) return false;
  const { min, max, oneOf, bits, isPower } = condition;
  if (min !== undefined && value < BigInt(min)) return false;
  if (max !== undefined && value > BigInt(max)) return false;
  if (oneOf && !oneOf.some((each) => BigInt(each) === value)) return false;
  if (bits !== undefined && (value & BigInt(bits)) === 0n) return false;
  return !isPower || (value > 0n && (value & (value - 1n)) === 0n);
}
