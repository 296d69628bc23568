/** How many runs a fuzz property gets: `REMAP_FUZZ_RUNS` where that is set, else its usual number. */
export function fuzzRuns(usual: number): number {
  const asked = Number(process.env.REMAP_FUZZ_RUNS);
  return Number.isInteger(asked) && asked > 0 ? asked : usual;
}
