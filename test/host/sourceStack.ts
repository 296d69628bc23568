import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * A stack with its positions in bundles replaced by those in the sources. Node does this by itself, except in an
 * extension host, which formats stacks its own way. Needs `process.setSourceMapsEnabled(true)` before the bundles are
 * loaded.
 */
export function toSourceStack(stack: string): string {
  return stack.replace(/([^\s(]+\.js):(\d+):(\d+)/g, (place, file: string, line: string, column: string) => {
    const entry = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${fileURLToPath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
