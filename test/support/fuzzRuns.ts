/** How many runs a fuzz property gets: `REMAP_FUZZ_RUNS` where that is set, else its usual number. */
export function fuzzRuns(usual: number): number {
  return numberOf('REMAP_FUZZ_RUNS') ?? usual;
}

/**
 * How many random images of a kind other programs are asked about: `REMAP_JUDGED_IMAGES` where that is set, else its usual
 * number. An image takes a second of many programs: not the number of a fuzz property's runs.
 */
export function judgedImages(usual: number): number {
  return numberOf('REMAP_JUDGED_IMAGES') ?? usual;
}

function numberOf(variable: string): number | undefined {
  const asked = Number(process.env[variable]);
  return Number.isInteger(asked) && asked > 0 ? asked : undefined;
}
