import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

export interface Import {
  readonly file: string;
  /** A path from the repository's root without ending, or the name of a package. */
  readonly target: string;
}

const IMPORT =
  /^\s*(?:import|export)\s(?:[^;'"]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\)/gm;

/** The files of a folder and of those in it whose names have one of the endings, as paths from the repository's root. */
export function filesIn(folder: string, endings: readonly string[] = ['.ts']): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(folder, name).split(sep).join('/'))
    .sort();
}

/** Every page of the repository. */
export function pages(): string[] {
  const atTop = readdirSync('.').filter((name) => name.endsWith('.md'));
  return [...atTop, ...['src', 'media', 'test'].flatMap((folder) => filesIn(folder, ['.md']))];
}

/** Every import of the given sources; imports of types and `import()` count too. */
export function importsOf(files: readonly string[]): Import[] {
  const known = new Set(files.map(withoutEnding));
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, named, onDemand]) => {
      const specifier = (named ?? onDemand)!;
      return { file, target: specifier.startsWith('.') ? resolve(file, specifier, known) : specifier };
    }),
  );
}

export function withoutEnding(file: string): string {
  return file.replace(/\.ts$/, '');
}

function resolve(file: string, specifier: string, known: ReadonlySet<string>): string {
  const path = posix.join(posix.dirname(file), specifier);
  return known.has(`${path}/index`) ? `${path}/index` : path;
}

/**
 * The circles of a graph: each set of nodes that reach one another, found with Tarjan's algorithm. A node that reaches
 * itself by an edge of its own is a circle too.
 */
export function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const circles: string[][] = [];

  function visit(node: string): void {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    path.push(node);
    onPath.add(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (onPath.has(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
    }
    if (lowest.get(node) === order.get(node)) close(node);
  }

  function close(node: string): void {
    const members = path.splice(path.indexOf(node));
    for (const member of members) onPath.delete(member);
    if (members.length > 1 || edges.get(node)?.includes(node)) circles.push(members.sort());
  }

  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return circles;
}
