import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Edit, SgNode } from '@ast-grep/napi';

/**
 * A piece of syntax, as a pattern of ast-grep, and what takes its place. In both `$NAME` stands for any one part, the
 * same wherever the name is the same, and `$$$NAME` for any number of arguments or statements; so neither names of
 * variables nor the layout of the source matter.
 */
export type Change = readonly [find: string, put: string];

/** One deliberate defect, of the engine or of what offers it in VS Code, which some test must notice. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Where in the file: a function, a constant, or `Class.member`. */
  readonly in: string;
  /** Each must find exactly one piece there. */
  readonly changes: readonly Change[];
  /** The area of the unit tests that is likely to notice, mostly of the engine: its tests run first. */
  readonly suite?:
    | 'metadata'
    | 'block'
    | 'device'
    | 'machine'
    | 'mapfile'
    | 'dmsetup'
    | 'export'
    | 'concurrency'
    | 'outside'
    | 'volume'
    | 'paths'
    | 'vscodeExports'
    | 'editorChanges'
    | 'comparing'
    | 'finding'
    | 'structures';
}

/** Bundles can't hold the parser, which is native code. */
const { ts } = createRequire(join(process.cwd(), 'package.json'))(
  '@ast-grep/napi',
) as typeof import('@ast-grep/napi');

const DECLARATIONS = [
  'function_declaration',
  'generator_function_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'variable_declarator',
];
const MEMBERS = ['method_definition', 'public_field_definition'];

/**
 * A file's text with the mutation.
 * @throws Error when a place is not there, or not the only one
 */
export function mutate(text: string, { name, file, in: place, changes }: Mutation): string {
  const root = ts.parse(text).root();
  try {
    const scope = findScope(root, place);
    return root.commitEdits(changes.map((change) => editOf(scope, change)));
  } catch (error) {
    throw new Error(`${name}: in ${place} of ${file}, ${(error as Error).message}`);
  }
}

function findScope(root: SgNode, place: string): SgNode {
  const [name, member] = place.split('.');
  const declared = onlyOne(named(root, DECLARATIONS, name!), name!);
  return member === undefined ? declared : onlyOne(named(declared, MEMBERS, member), member);
}

function named(within: SgNode, kinds: readonly string[], name: string): SgNode[] {
  const rules = kinds.map((kind) => ({ kind }));
  return within.findAll({ rule: { any: rules } }).filter((node) => node.field('name')?.text() === name);
}

function editOf(scope: SgNode, [find, put]: Change): Edit {
  const found = onlyOne(withoutTwins(scope.findAll(find)), find);
  return found.replace(put.replace(/\$(\$\$)?([A-Z_]+)/g, (_, many, name) => textOf(found, name, many)));
}

function textOf(found: SgNode, name: string, many: string | undefined): string {
  if (!many) return found.getMatch(name)!.text();
  const parts = found.getMultipleMatches(name);
  if (parts.length === 0) return '';
  const start = found.range().start.index;
  return found.text().slice(parts[0]!.range().start.index - start, parts.at(-1)!.range().end.index - start);
}

/** Of nodes with the same text at the same place, one in the other, the outer. */
function withoutTwins(nodes: readonly SgNode[]): SgNode[] {
  const seen = new Set<string>();
  return nodes.filter((node) => {
    const { start, end } = node.range();
    const place = `${start.index}-${end.index}`;
    return !seen.has(place) && seen.add(place);
  });
}

function onlyOne(nodes: readonly SgNode[], what: string): SgNode {
  const [only] = nodes;
  if (only && nodes.length === 1) return only;
  throw new Error(`there are ${nodes.length} of: ${what}`);
}

const inFolder = (folder: string) => (file: string) => `src/engine/${folder}/${file}.ts`;

export const remap = inFolder('remap');
export const metadata = inFolder('metadata');
export const device = inFolder('device');
export const concurrency = inFolder('concurrency');
export const volume = inFolder('volume');
export const block = inFolder('block');
export const mapfile = inFolder('mapfile');
export const machine = inFolder('machine');
export const dmsetup = inFolder('dmsetup');
export const exporting = inFolder('export');
