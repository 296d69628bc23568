/** A test that a value from the other side of a message channel has the type it claims. */
export type Check<T> = (value: unknown) => value is T;
export type Checked<C> = C extends Check<infer T> ? T : never;

type Shape = Record<string, Check<unknown>>;
type Shaped<S extends Shape> = { readonly [K in keyof S]: Checked<S[K]> };

/** A non-negative whole number that a double holds exactly: sectors, bytes, counts, ids. */
export const natural: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

export const text: Check<string> = (value): value is string => typeof value === 'string';

export const flag: Check<boolean> = (value): value is boolean => typeof value === 'boolean';

export const bytes: Check<Uint8Array> = (value): value is Uint8Array => value instanceof Uint8Array;

export function oneOf<const T extends readonly (string | number | boolean | null)[]>(
  ...allowed: T
): Check<T[number]> {
  return (value): value is T[number] => allowed.includes(value as T[number]);
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

/** A pair `[first, count]`. */
export const range: Check<readonly [first: number, count: number]> = (
  value,
): value is readonly [number, number] => Array.isArray(value) && value.length === 2 && value.every(natural);

export function shape<S extends Shape>(fields: S): Check<Shaped<S>> {
  const entries = Object.entries(fields);
  return (value): value is Shaped<S> =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

export function either<C extends readonly Check<unknown>[]>(...checks: C): Check<Checked<C[number]>> {
  return (value): value is Checked<C[number]> => checks.some((check) => check(value));
}
