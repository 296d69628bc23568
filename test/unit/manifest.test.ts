import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { MODULE_NAMES } from '../../src/engine';
import * as manifest from '../../src/manifest';
import { extensionId } from '../support/extension/extensionId';

interface MenuEntry {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

const { contributes } = packageJson;
const menus = contributes.menus as Readonly<Record<string, readonly MenuEntry[]>>;
const menuEntries = Object.entries(menus).flatMap(([menu, entries]) =>
  entries.map((entry) => ({ menu, ...entry })),
);
const declaredCommands = [
  manifest.commands,
  manifest.uiCommands,
  manifest.walkthroughCommands,
  manifest.editorCommands,
].flatMap((table) => Object.values<string>(table));
const root = process.cwd();

function same(actual: Iterable<string>, expected: Iterable<string>): void {
  assert.deepEqual([...actual].sort(), [...expected].sort());
}

/** All `when` clauses, the enablement of commands, and the contexts that complete steps of the walkthrough. */
function clauses(): string[] {
  const found: string[] = [];
  JSON.stringify(contributes, (key, value: unknown) => {
    if ((key === 'when' || key === 'enablement') && typeof value === 'string') found.push(value);
    if (key === 'completionEvents') found.push(...(value as string[]));
    return value;
  });
  return found;
}

/** The command that VS Code makes for each view. */
function isFocusOfView(command: string): boolean {
  return Object.values<string>(manifest.views).some((view) => command === `${view}.focus`);
}

describe('manifest', () => {
  it('declares the commands of package.json, each once', () => {
    same(
      contributes.commands.map(({ command }) => command),
      declaredCommands,
    );
    assert.equal(new Set(declaredCommands).size, declaredCommands.length);
  });

  it('declares the views, the container and the settings of package.json', () => {
    const { container, ...views } = manifest.views;
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [container],
    );
    same(
      Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id)),
      Object.values(views),
    );
    same(Object.keys(contributes.configuration.properties), Object.values(manifest.settings));
  });

  it('uses in clauses the context keys that it declares, and all of them', () => {
    const ids = new Set<string>([...Object.values(manifest.views), ...declaredCommands]);
    const words = clauses().flatMap((clause) => clause.match(/\bremap\.[\w.]+/g) ?? []);
    same(
      new Set(words.filter((word) => !ids.has(word) && !isEditorId(word))),
      Object.values(manifest.contextKeys),
    );
  });

  it('works in a limited way where the workspace is not trusted, and ignores settings of such a workspace that run things', () => {
    const { supported, description, restrictedConfigurations } = packageJson.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.match(description, /read-only/);
    const { assembleAtStart, modulesAtStart } = manifest.settings;
    same(restrictedConfigurations, [assembleAtStart, modulesAtStart]);
  });

  it('gives every command the category, a title in title case, and an icon where a toolbar shows it', () => {
    const inToolbar = new Set(
      menuEntries
        .filter(({ group }) => /^(inline|navigation)/.test(group ?? ''))
        .filter(({ menu }) => !menu.startsWith('webview'))
        .map(({ command }) => command),
    );
    for (const command of contributes.commands) {
      assert.equal(command.category, 'Remap', command.command);
      assert.match(
        command.title,
        /^[A-Z][a-z-]+( ([A-Z][\w/]*|dm-[a-z-]+|xxd|dd|a|an|and|as|at|by|for|from|in|of|on|or|the|to|with))*(\.\.\.)?$/,
      );
      const { icon } = command as { icon?: string };
      if (inToolbar.has(command.command)) assert.match(icon ?? '', /^\$\([a-z-]+\)$/, command.command);
    }
  });

  it('offers in menus only what it declares', () => {
    const submenus = contributes.submenus.map(({ id }) => id);
    for (const { menu, command, submenu } of menuEntries) {
      if (submenu !== undefined) assert.ok(submenus.includes(submenu), `${menu}: ${submenu}`);
      else assert.ok(declaredCommands.includes(command!), `${menu}: ${command}`);
    }
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map((step) => step.description),
    ];
    for (const contents of texts) {
      const linked = [...contents.matchAll(/\(command:(remap\.[\w.]+)/g)].map(([, command]) => command!);
      for (const command of linked)
        assert.ok(declaredCommands.includes(command) || isFocusOfView(command), command);
    }
  });

  it('puts at most three actions on an item', () => {
    const samples = [
      'device.assembled.active.file',
      'device.assembled.suspended',
      'device.unassembled.file',
      'scenario.device',
      'layers.failing',
      'layers.healthy',
      'remaps',
      'markers',
      'metadata',
      'module.loaded.free',
      'module.unloaded.free',
      'image.spare',
      'image.plain',
    ];
    for (const sample of samples) {
      const inline = (menus['view/item/context'] ?? []).filter(
        ({ group, when }) => group?.startsWith('inline') && patternIn(when).test(sample),
      );
      assert.ok(inline.length <= 3, `${sample} has ${inline.length}`);
    }
  });

  it('hides from the palette what people have an asking command for', () => {
    const shown = (menus.commandPalette ?? [])
      .filter(({ when }) => when !== 'false')
      .map(({ command }) => command);
    for (const id of [
      manifest.commands.reloadModule,
      manifest.commands.reboot,
      manifest.commands.runPersistenceTest,
    ])
      assert.ok(!shown.includes(id), id);
    const hidden = (menus.commandPalette ?? [])
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    for (const id of Object.values(manifest.uiCommands)) assert.ok(!hidden.includes(id), id);
  });

  it('describes, limits and scopes every setting', () => {
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok('default' in setting && 'scope' in setting && 'order' in setting, name);
      assert.ok(setting.markdownDescription.endsWith('.'), name);
      if ('enum' in setting) assert.equal(setting.enum.length, setting.enumDescriptions.length, name);
      if (setting.type === 'number') assert.ok('minimum' in setting && 'maximum' in setting, name);
    }
    const modules = contributes.configuration.properties['remap.modulesAtStart'];
    assert.deepEqual(modules.items.enum, [...MODULE_NAMES]);
  });

  it('refers to files that exist', () => {
    const files = [
      packageJson.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.jsonValidation.map(({ url }) => url),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('has an icon that is a PNG of at least 128 by 128 pixels', () => {
    const bytes = readFileSync(join(root, packageJson.icon));
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    assert.ok(bytes.readUInt32BE(16) >= 128 && bytes.readUInt32BE(20) >= 128);
  });

  it('has what a page of the marketplace needs, as far as it is true', () => {
    const { galleryBanner, pricing, qna, keywords, categories, license, displayName, description } =
      packageJson;
    assert.match(galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.equal(galleryBanner.theme, 'dark');
    assert.equal(pricing, 'Free');
    // Without an address there is no place for questions either.
    assert.equal(qna, 'repository' in packageJson ? undefined : false);
    assert.equal('badges' in packageJson, false);
    assert.ok(keywords.length >= 10 && keywords.length <= 30 && new Set(keywords).size === keywords.length);
    assert.ok(categories.length > 0 && license === 'MIT' && displayName.length > 0);
    assert.ok(description.length < 200, 'a list shows no more of it');
  });

  it('is released with a section of the changelog', () => {
    const [first] = readFileSync('CHANGELOG.md', 'utf8').match(/^## \[\d[^\]]*\]/gm) ?? [];
    assert.equal(first, `## [${packageJson.version}]`);
  });

  it('names itself as the code does', () => {
    assert.equal(`${packageJson.publisher}.${packageJson.name}`, extensionId);
  });

  it('starts with a window that has devices, so that the Test Explorer and the status bar know them', () => {
    assert.deepEqual(packageJson.activationEvents, ['workspaceContains:**/*.remap']);
  });

  it('repeats no id in the code', () => {
    const ids = new Set<string>([
      ...declaredCommands,
      ...Object.values(manifest.settings),
      ...Object.values(manifest.contextKeys),
      ...Object.values(manifest.views).filter((id) => id.includes('.')),
    ]);
    for (const file of sources(join(root, 'src'))) {
      if (file.endsWith('manifest.ts')) continue;
      const literals = readFileSync(file, 'utf8').match(/(?<=['"])remap\.\w+(?=['"])/g) ?? [];
      for (const literal of literals) assert.ok(!ids.has(literal), `${literal} in ${file}`);
    }
  });

  it('starts from a short extension.ts', () => {
    const lines = readFileSync(join(root, 'src', 'extension.ts'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.ok(lines.length <= 60, `${lines.length} lines`);
  });
});

function isEditorId(word: string): boolean {
  const editors = (contributes as { customEditors?: { viewType: string }[] }).customEditors ?? [];
  return editors.some(({ viewType }) => viewType === word);
}

function patternIn(when: string | undefined): RegExp {
  return new RegExp(/viewItem =~ \/(.*?)\/(?= |$)/.exec(when ?? '')?.[1] ?? '(?!)');
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
