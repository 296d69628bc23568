import Module from 'node:module';

/** Stands before the time of an activation in what the packaged stage prints: the benchmark reads it there. */
export const ACTIVATION_MARK = 'activation: ';

type Load = (request: string, ...more: unknown[]) => unknown;

/**
 * Measures an activation to come as VS Code does for *Show Running Extensions*: loading the code, and the call of `activate`.
 * @param codeFolder where the extension's code is
 * @returns the milliseconds so far
 */
export function timeActivation(codeFolder: string): () => number {
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  let milliseconds = 0;
  const timed = <T>(work: () => T): T => {
    const start = performance.now();
    try {
      return work();
    } finally {
      milliseconds += performance.now() - start;
    }
  };
  loader._load = (request, ...more) => {
    if (!request.startsWith(codeFolder)) return load.call(Module, request, ...more);
    loader._load = load;
    const code = timed(() => load.call(Module, request, ...more)) as { activate(context: unknown): unknown };
    return { ...code, activate: (context: unknown) => timed(() => code.activate(context)) };
  };
  return () => milliseconds;
}
