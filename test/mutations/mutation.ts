/** One deliberate defect of the engine, which some test must notice. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Must be in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** The area under `test/unit/engine` that is likely to notice: its tests run first. */
  readonly suite?: 'metadata' | 'block' | 'device';
}

/** A file's text with the mutation. */
export function mutate(text: string, { name, file, from, to }: Mutation): string {
  const parts = text.split(from);
  if (parts.length === 2) return parts.join(to);
  throw new Error(`${name}: ${file} has the text to replace ${parts.length - 1} times: ${from}`);
}

const inFolder = (folder: string) => (file: string) => `src/engine/${folder}/${file}.ts`;

export const remap = inFolder('remap');
export const metadata = inFolder('metadata');
export const device = inFolder('device');
export const concurrency = inFolder('concurrency');
export const block = inFolder('block');
