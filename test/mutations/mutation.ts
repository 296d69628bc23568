/** One deliberate defect of the engine, which some test must notice. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Must be in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** The area under `test/unit` that is likely to notice: its tests run first. */
  readonly suite?: 'metadata' | 'block' | 'faults' | 'module';
}

const inFolder = (folder: string) => (file: string) => `src/engine/${folder}/${file}.ts`;

export const remap = inFolder('remap');
export const metadata = inFolder('metadata');
export const module = inFolder('module');
export const block = inFolder('block');
