/** A test that a value from the other side of a message channel has the type it claims. */
export type Check<T> = (value: unknown) => value is T;
/** The type that a check tests for. */
export type Checked<C> = C extends Check<infer T> ? T : never;

type Shape = Record<string, Check<unknown>>;
type Shaped<S extends Shape> = { readonly [K in keyof S]: Checked<S[K]> };

/** A non-negative whole number that a double holds exactly: sectors, bytes, counts, ids. */
export const natural: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Any string. */
export const text: Check<string> = (value): value is string => typeof value === 'string';

/** True or false. */
export const flag: Check<boolean> = (value): value is boolean => typeof value === 'boolean';

/** A `Uint8Array`; messages between a webview and the extension carry it as such. */
export const bytes: Check<Uint8Array> = (value): value is Uint8Array => value instanceof Uint8Array;

/** A `Float64Array`, for many whole numbers. */
export const numbers: Check<Float64Array> = (value): value is Float64Array => value instanceof Float64Array;

/** One of these values. */
export function oneOf<const T extends readonly (string | number | boolean | null)[]>(
  ...allowed: T
): Check<T[number]> {
  return (value): value is T[number] => allowed.includes(value as T[number]);
}

/** Null, or what another check accepts. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

/** An array of what another check accepts. */
export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

/** A pair `[first, count]`. */
export const range: Check<readonly [first: number, count: number]> = (
  value,
): value is readonly [number, number] => Array.isArray(value) && value.length === 2 && value.every(natural);

/** An object with these fields, and `maybe` some of those; others are not looked at. */
export function shape<S extends Shape, O extends Shape = Record<never, never>>(
  fields: S,
  maybe?: O,
): Check<Shaped<S> & Partial<Shaped<O>>> {
  const entries = Object.entries(fields);
  const optional = Object.entries(maybe ?? {});
  return (value): value is Shaped<S> & Partial<Shaped<O>> => {
    if (typeof value !== 'object' || value === null) return false;
    const object = value as Record<string, unknown>;
    return (
      entries.every(([name, check]) => check(object[name])) &&
      optional.every(([name, check]) => object[name] === undefined || check(object[name]))
    );
  };
}

/** What at least one of these checks accepts. */
export function either<C extends readonly Check<unknown>[]>(...checks: C): Check<Checked<C[number]>> {
  return (value): value is Checked<C[number]> => checks.some((check) => check(value));
}
