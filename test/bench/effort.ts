/** The documentation gets the rows, and its picture of the growth. */
export const IS_DOCUMENTED = process.argv.includes('--document');

export const SMOKE_FLAG = '--smoke';

/** Everything is measured once and small: shows that the benchmark works. Its values say nothing. */
export const IS_SMOKE = process.argv.includes(SMOKE_FLAG);

/** How much of something: `full`, or `smoke` where only a smoke run was asked for. */
export function amount(full: number, smoke: number): number {
  return IS_SMOKE ? smoke : full;
}
