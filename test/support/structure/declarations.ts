import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SgNode } from '@ast-grep/napi';
import { filesIn } from './sources';

/** Bundles can't hold the parser, which is native code. */
const { ts } = createRequire(join(process.cwd(), 'package.json'))(
  '@ast-grep/napi',
) as typeof import('@ast-grep/napi');

const roots = new Map<string, SgNode>();

/** The syntax of a source. */
function syntaxOf(file: string): SgNode {
  const root = roots.get(file) ?? ts.parse(readFileSync(file, 'utf8')).root();
  roots.set(file, root);
  return root;
}

/** The interface of that name, if there is one: the exported one of several. @throws Error if it is none of several */
function interfaceOf(name: string, folder: string): SgNode | undefined {
  const pattern = new RegExp(`\\binterface ${name}\\b`);
  const files = filesIn(folder).filter((file) => pattern.test(readFileSync(file, 'utf8')));
  const found = files.flatMap((file) =>
    syntaxOf(file)
      .findAll({ rule: { kind: 'interface_declaration' } })
      .filter((node) => node.field('name')?.text() === name),
  );
  if (found.length < 2) return found[0];
  const exported = found.filter((node) => node.parent()?.kind() === 'export_statement');
  if (exported.length === 1) return exported[0];
  throw new Error(`${name} is declared ${found.length} times`);
}

/** The names of all properties that a type has, those of the types in it included. */
export function propertiesOf(type: SgNode, folder: string, known = new Set<string>()): Set<string> {
  const own = type.findAll({ rule: { kind: 'property_signature' } });
  const names = new Set(own.flatMap((property) => property.field('name')?.text() ?? []));
  for (const identifier of type.findAll({ rule: { kind: 'type_identifier' } })) {
    const name = identifier.text();
    if (known.has(name)) continue;
    known.add(name);
    const declared = interfaceOf(name, folder);
    if (declared) for (const property of propertiesOf(declared, folder, known)) names.add(property);
  }
  return names;
}

/** The properties that an interface declares itself, by name. */
export function membersOf(interfaceName: string, folder: string): Map<string, SgNode> {
  const body = interfaceOf(interfaceName, folder)?.field('body');
  if (!body) throw new Error(`${folder} declares no interface ${interfaceName}`);
  const properties = body.children().filter((node) => node.kind() === 'property_signature');
  return new Map(properties.map((node) => [node.field('name')!.text(), node.field('type')!]));
}
