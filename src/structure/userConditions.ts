import type { CheckedValue } from './checkedValue';
import type { Condition, Measure, NumberPlace, NumberType } from './description';
import { NUMBER_BYTES } from './numbers';

export const NUMBER_TYPES = Object.keys(NUMBER_BYTES) as NumberType[];
const MOST_CONDITIONS = 32;
const MOST_HEX_BYTES = 64;
const MOST_NUMBERS = 64;
const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;

/** Conditions on the bytes of a structure: each on a place within it. @param levels how deep `any` may go */
export function readConditions(value: CheckedValue, byteCount: number, levels: number): Condition[] {
  return value.list(1, MOST_CONDITIONS).map((each) => readCondition(each, byteCount, levels));
}

function readCondition(value: CheckedValue, byteCount: number, levels: number): Condition {
  const keys = new Set(value.entries(MOST_CONDITIONS).map(([key]) => key));
  if (keys.has('any')) {
    if (levels === 0) value.refuse('“any” must not be within “any”');
    return { any: readConditions(value.object(['any'])('any'), byteCount, levels - 1) };
  }
  if (keys.has('hex') || keys.has('text')) return readBytes(value, byteCount);
  const at = value.object(['at', 'type', 'order', 'min', 'max', 'oneOf', 'bits', 'isPower']);
  const number = (key: string) => at(key).whole(MIN_SAFE_INTEGER, MAX_SAFE_INTEGER);
  if (!['min', 'max', 'oneOf', 'bits', 'isPower'].some((key) => keys.has(key)))
    value.refuse('must have one of hex, text, any, min, max, oneOf, bits, isPower');
  return {
    ...readNumberPlace(at, byteCount),
    ...(at('min').isAbsent ? {} : { min: number('min') }),
    ...(at('max').isAbsent ? {} : { max: number('max') }),
    ...(at('oneOf').isAbsent ? {} : { oneOf: readNumbers(at('oneOf')) }),
    ...(at('bits').isAbsent ? {} : { bits: at('bits').whole(1, MAX_SAFE_INTEGER) }),
    ...(at('isPower').isAbsent ? {} : { isPower: at('isPower').flag() }),
  };
}

function readNumbers(value: CheckedValue): number[] {
  return value.list(1, MOST_NUMBERS).map((each) => each.whole(MIN_SAFE_INTEGER, MAX_SAFE_INTEGER));
}

function readBytes(value: CheckedValue, byteCount: number): Condition {
  const at = value.object(['at', 'hex', 'text']);
  if (!at('hex').isAbsent && !at('text').isAbsent) value.refuse('must have either hex or text');
  const hex = at('hex').isAbsent
    ? Buffer.from(at('text').text(MOST_HEX_BYTES)).toString('hex')
    : at('hex')
        .text(2 * MOST_HEX_BYTES)
        .toLowerCase();
  if (!/^([0-9a-f]{2})+$/.test(hex)) at('hex').refuse('must be two hexadecimal digits for each byte');
  const place = at('at').whole(0, byteCount);
  if (place + hex.length / 2 > byteCount) at('at').refuse('reaches beyond the structure');
  return { at: place, hex };
}

/** Where a number is; it must be within so many bytes. */
export function readNumberPlace(at: (key: string) => CheckedValue, byteCount: number): NumberPlace {
  const type = at('type').oneOf(...NUMBER_TYPES);
  const place = at('at').whole(0, byteCount);
  if (place + NUMBER_BYTES[type] > byteCount) at('at').refuse('reaches beyond the structure');
  return { at: place, type, ...(at('order').isAbsent ? {} : { order: at('order').oneOf('little', 'big') }) };
}

/** A number of at most that size, or one that the structure says. */
export function readMeasure(value: CheckedValue, byteCount: number, most: number): Measure {
  if (value.isNumber) return value.whole(0, most);
  const at = value.object(['at', 'type', 'order', 'times', 'plus']);
  return {
    ...readNumberPlace(at, byteCount),
    ...(at('times').isAbsent ? {} : { times: at('times').whole(1, MAX_SAFE_INTEGER) }),
    ...(at('plus').isAbsent ? {} : { plus: at('plus').whole(MIN_SAFE_INTEGER, MAX_SAFE_INTEGER) }),
  };
}
