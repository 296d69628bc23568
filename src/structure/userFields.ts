import type { CheckedValue } from './checkedValue';
import type { FieldDescription, LinkDescription } from './description';
import { fieldBytes } from './fieldValue';
import { NUMBER_BYTES } from './numbers';
import { NUMBER_TYPES, readNumberPlace } from './userConditions';

const BYTES_TYPES = ['text', 'utf16', 'bytes', 'guid', 'uuid'] as const;
const TIME_TYPES = ['time32', 'time40', 'time64', 'timeNs'] as const;
const MOST = { meanings: 1024, textLength: 300, nameLength: 100, unitBytes: 1 << 30 } as const;
const ID_BYTES = 16;
const NUMBER_KEY = /^-?(0x[0-9a-f]{1,16}|\d{1,20})$/i;
const ID_KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const NUMBER_KEYS = ['order', 'values', 'flags', 'shifted', 'unit', 'isHex', 'isOctal', 'bits', 'link'];

/** A field, which must be within so many bytes. */
export function readField(value: CheckedValue, within: number): FieldDescription {
  const at = value.object(['at', 'name', 'type', 'byteCount', 'meaning', ...NUMBER_KEYS]);
  const field = readTyped(value, at('type').oneOf(...NUMBER_TYPES, ...BYTES_TYPES, ...TIME_TYPES), within);
  const place = readPlace(at, fieldBytes({ at: 0, name: '', ...field } as FieldDescription), within);
  const meaning = at('meaning').isAbsent ? {} : { meaning: at('meaning').text(MOST.textLength) };
  return { ...field, ...place, ...meaning } as FieldDescription;
}

/** The name and the place of a field or group of so many bytes. */
export function readPlace(
  at: (key: string) => CheckedValue,
  byteCount: number,
  within: number,
): { at: number; name: string } {
  const place = at('at').whole(0, within);
  if (place + byteCount > within) at('at').refuse(`reaches beyond the ${within} bytes that there are`);
  return { at: place, name: at('name').text(MOST.nameLength) };
}

function readTyped(value: CheckedValue, type: FieldDescription['type'], within: number): object {
  const common = ['at', 'name', 'type', 'meaning'];
  if (BYTES_TYPES.some((each) => each === type)) {
    const at = value.object([...common, 'byteCount', 'values']);
    const isId = type === 'guid' || type === 'uuid';
    const byteCount = isId && at('byteCount').isAbsent ? ID_BYTES : at('byteCount').whole(1, within);
    if (isId && byteCount !== ID_BYTES) at('byteCount').refuse(`must be ${ID_BYTES} for a ${type}`);
    const values = at('values');
    return { type, byteCount, ...(values.isAbsent ? {} : { values: readMeanings(values, ID_KEY, String) }) };
  }
  if (TIME_TYPES.some((each) => each === type)) {
    value.object(common);
    return { type };
  }
  return readNumber(value.object([...common, ...NUMBER_KEYS]), within);
}

function readNumber(at: (key: string) => CheckedValue, within: number): object {
  const place = readNumberPlace(at, within);
  const decimal = (key: string) => String(BigInt(key));
  const has = (key: string) => !at(key).isAbsent;
  return {
    ...place,
    ...(has('values') && { values: readMeanings(at('values'), NUMBER_KEY, decimal) }),
    ...(has('flags') && { flags: readMeanings(at('flags'), NUMBER_KEY, decimal) }),
    ...(has('shifted') && { shifted: at('shifted').whole(1, MOST.unitBytes) }),
    ...(has('unit') && { unit: at('unit').text(MOST.nameLength) }),
    ...(has('isHex') && { isHex: at('isHex').flag() }),
    ...(has('isOctal') && { isOctal: at('isOctal').flag() }),
    ...(has('bits') && { bits: readBits(at('bits'), 8 * NUMBER_BYTES[place.type]) }),
    ...(has('link') && { link: readLink(at('link')) }),
  };
}

/** What numbers, bits or GUIDs mean. */
function readMeanings(
  value: CheckedValue,
  form: RegExp,
  keyOf: (key: string) => string,
): Record<string, string> {
  const entries = value.entries(MOST.meanings).map(([key, meaning]): [string, string] => {
    if (!form.test(key) || key.startsWith('-0x'))
      meaning.refuse(`“${key}” must be ${form === ID_KEY ? 'a GUID in small letters' : 'a whole number'}`);
    return [keyOf(key), meaning.text(MOST.textLength)];
  });
  return Object.fromEntries(entries);
}

function readBits(value: CheckedValue, width: number): [from: number, count: number] {
  const [from, count] = value.list(2, 2);
  const first = from!.whole(0, width - 1);
  return [first, count!.whole(1, width - first)];
}

function readLink(value: CheckedValue): LinkDescription {
  const at = value.object(['times', 'plus', 'from']);
  return {
    times: at('times').whole(1, MOST.unitBytes),
    ...(at('plus').isAbsent ? {} : { plus: at('plus').whole(0, Number.MAX_SAFE_INTEGER) }),
    ...(at('from').isAbsent ? {} : { from: at('from').oneOf('disk', 'structure') }),
  };
}
