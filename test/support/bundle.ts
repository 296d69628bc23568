import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Bundles a program into a file that Node runs. @param source its path from the repository's root */
export function bundle(source: string, outfile: string, options: { readonly minify?: boolean } = {}): void {
  const { buildSync } = createRequire(join(process.cwd(), 'package.json'))(
    'esbuild',
  ) as typeof import('esbuild');
  buildSync({
    entryPoints: [join(process.cwd(), source)],
    outfile,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node20',
    logLevel: 'error',
    ...options,
  });
}
