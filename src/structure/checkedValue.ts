/** Reports that the value at `path` is wrong; never returns. */
export type Fail = (path: readonly (string | number)[], problem: string) => never;

/** A value from a file, and where in the file it is: each reading checks it, or fails with that place. */
export class CheckedValue {
  constructor(
    private readonly value: unknown,
    private readonly fail: Fail,
    private readonly path: readonly (string | number)[] = [],
  ) {}

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  get isNumber(): boolean {
    return typeof this.value === 'number';
  }

  /** Fails with what must be so. */
  refuse(problem: string): never {
    return this.fail(this.path, problem);
  }

  /** An object with no other keys than these. */
  object(known: readonly string[]): (key: string) => CheckedValue {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.refuse('must be an object');
    const other = Object.keys(value).find((key) => !known.includes(key));
    if (other !== undefined)
      return this.fail([...this.path, other], `“${other}” is not known here: ${known.join(', ')} are`);
    return (key) =>
      this.#at(key, Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined);
  }

  /** The entries of an object, at most so many. */
  entries(most: number): [key: string, value: CheckedValue][] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.refuse('must be an object');
    const entries = Object.entries(value);
    if (entries.length > most) return this.refuse(`may have at most ${most} entries`);
    return entries.map(([key, each]) => [key, this.#at(key, each)]);
  }

  /** The elements of a list, at least and at most so many. */
  list(least: number, most: number): CheckedValue[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.refuse('must be a list');
    if (value.length < least || value.length > most)
      return this.refuse(`must have ${least} to ${most} elements, and has ${value.length}`);
    return value.map((each: unknown, index) => this.#at(index, each));
  }

  /** A text that isn't empty, of at most so many characters. */
  text(most: number): string {
    const { value } = this;
    if (typeof value !== 'string' || value === '') return this.refuse('must be a text');
    return value.length <= most ? value : this.refuse(`must have at most ${most} characters`);
  }

  /** A whole number in a range. */
  whole(least: number, most: number): number {
    const { value } = this;
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
      return value as number;
    return this.refuse(`must be a whole number from ${least} to ${most}`);
  }

  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.refuse('must be true or false');
  }

  oneOf<const T extends string>(...allowed: readonly T[]): T {
    if (allowed.includes(this.value as T)) return this.value as T;
    return this.refuse(`must be one of ${allowed.join(', ')}`);
  }

  #at(key: string | number, value: unknown): CheckedValue {
    return new CheckedValue(value, this.fail, [...this.path, key]);
  }
}
