import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import packageJson from '../../package.json';
import {
  commands,
  contextKeys,
  editorCommands,
  uiCommands,
  views,
  walkthroughCommands,
} from '../../src/manifest';
import { filesIn } from '../support/structure/sources';
import { holds } from '../support/structure/whenClause';

interface Entry {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

const { contributes } = packageJson;
const menus = contributes.menus as Readonly<Record<string, readonly Entry[]>>;
const MOST_ENTRIES = 12;
const ITEM = 'view/item/context';

/** Commands for code, and those that ask a person for the same. */
const TWINS: Readonly<Record<string, string>> = {
  [commands.reloadModule]: uiCommands.askReloadModule,
  [commands.reboot]: uiCommands.askReboot,
  [commands.runPersistenceTest]: uiCommands.askPersistenceTest,
  [editorCommands.compareSelected]: editorCommands.compare,
};

/** Found where their subject is: another view, the status bar, an editor. */
const NOT_IN_MENUS: ReadonlySet<string> = new Set([uiCommands.showDevice]);

const everything = Object.fromEntries(Object.values(contextKeys).map((key) => [key, true]));

const STATES = ['active', 'degraded', 'readonly', 'suspended'];
const assembled = STATES.flatMap((state) =>
  ['', '.openedReadOnly', '.displaced', '.openedReadOnly.displaced'].flatMap((more) =>
    ['', '.file'].map((file) => `device.assembled.${state}${more}${file}`),
  ),
);

/** The items of each view, by what `when` clauses see of them. */
const ITEMS: readonly (readonly [view: string, viewItem: string])[] = [
  ...[...assembled, 'device.unassembled', 'device.unassembled.file', 'scenario.device'].map(
    (item) => [views.devices, item] as const,
  ),
  ...[
    'displaced',
    'offeredMap',
    'strays',
    'remap.stray',
    'remap',
    'remaps',
    'markers',
    'metadata',
    'export',
    'exportAddress',
  ].map((item) => [views.devices, item] as const),
  ...['layers.failing', 'layers.healthy', 'remaps.filtered', 'remapFilter', 'unreadable.found'].map(
    (item) => [views.devices, item] as const,
  ),
  ...['module.loaded.free', 'module.loaded.used', 'module.unloaded.free'].map(
    (item) => [views.modules, item] as const,
  ),
  ...['spare', 'plain', 'damaged', 'unreadable', 'plain.map'].map(
    (item) => [views.images, `image.${item}`] as const,
  ),
];

/** The entries that a menu shows for an item; those of a toolbar are not among them. */
function shown(menu: string, [view, viewItem]: readonly [string, string]): Entry[] {
  const context = { view, viewItem, isWorkspaceTrusted: true, ...everything };
  return (menus[menu] ?? []).filter(
    ({ when, group }) => !/^(inline|navigation)/.test(group ?? '') && holds(when, context),
  );
}

/** The commands of an item's menu and its submenus. */
function offered(item: readonly [string, string]): string[] {
  return shown(ITEM, item).flatMap(({ command, submenu }) =>
    submenu === undefined ? command! : shown(submenu, item).map((entry) => entry.command!),
  );
}

/** The commands of the buttons in an item's row. */
function buttons([view, viewItem]: readonly [string, string]): string[] {
  const context = { view, viewItem, isWorkspaceTrusted: true, ...everything };
  return menus[ITEM]!.filter(
    ({ when, group }) => group?.startsWith('inline') === true && holds(when, context),
  ).map(({ command }) => command!);
}

describe('menus', () => {
  it('have all buttons of the row: a keyboard reaches only the menu', () => {
    for (const item of ITEMS) {
      const missing = buttons(item).filter((id) => !offered(item).includes(id));
      assert.deepEqual(missing, [], `the menu of ${item[1]}`);
    }
  });

  it('have at most a dozen entries, and no two for one command', () => {
    for (const item of ITEMS) {
      for (const menu of [ITEM, ...contributes.submenus.map(({ id }) => id)]) {
        const { length } = shown(menu, item);
        assert.ok(length <= MOST_ENTRIES, `${menu} of ${item[1]} has ${length} entries`);
      }
      const ids = offered(item);
      assert.equal(new Set(ids).size, ids.length, `${item[1]} offers a command twice: ${ids.sort()}`);
    }
  });

  it('give the device submenus by purpose, each of which has something to offer', () => {
    const item = [views.devices, 'device.assembled.active.file'] as const;
    const submenus = shown(ITEM, item).flatMap(({ submenu }) => submenu ?? []);
    assert.deepEqual(
      submenus.map((id) => contributes.submenus.find((each) => each.id === id)?.label),
      ['Sectors', 'Inject', 'Prove', 'Metadata', 'Upkeep', 'Show', 'Copy'],
    );
    for (const submenu of submenus) assert.ok(shown(submenu, item).length > 1, submenu);
  });

  it('reach every command: from the palette or by its asking twin, and from a device where it is about one', () => {
    const ofDevices = new Set(ITEMS.filter(([view]) => view === views.devices).flatMap(offered));
    const inViewTitles = new Set(menus['view/title']!.map(({ command }) => command));
    const hidden = new Set(
      menus.commandPalette!.filter(({ when }) => when === 'false').map(({ command }) => command!),
    );
    const ofSteps = Object.values<string>(walkthroughCommands);
    assert.deepEqual([...hidden].sort(), [...Object.keys(TWINS), ...ofSteps].sort());
    for (const { command, enablement } of contributes.commands as {
      command: string;
      enablement?: string;
    }[]) {
      if (hidden.has(command)) continue;
      const isAboutDevice = /remap\.has(Devices|Assembled|Displaced|Suspended)/.test(enablement ?? '');
      const isReached = ofDevices.has(command) || inViewTitles.has(command);
      assert.ok(!isAboutDevice || isReached || NOT_IN_MENUS.has(command), `${command} is in no menu`);
    }
  });

  it('call from an item only commands that serve a person: any other would answer without a word', () => {
    const source = ['src/commands', 'src/testing']
      .flatMap((folder) => filesIn(folder))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const ids = new Set(ITEMS.flatMap(offered));
    const called = Object.entries(commands).filter(([, id]) => ids.has(id) && id !== commands.openSectors);
    assert.ok(called.length > 20, `only ${called.length} were found`);
    for (const [name] of called) {
      const [definition = ''] =
        source.match(new RegExp(`\\[commands\\.${name}\\]: define[^]*?\\n {4}\\}`)) ?? [];
      assert.match(definition, /\bfromPerson\b/, name);
    }
  });

  it('offer a suspended device nothing that would wait until it is resumed', () => {
    const ids = offered([views.devices, 'device.assembled.suspended.file']);
    assert.ok(ids.includes(commands.resume) && !ids.includes(commands.suspend));
    const { read, write, writeMarkers, verifyMarkers, scan, remapSector } = commands;
    for (const id of [read, write, writeMarkers, verifyMarkers, scan, remapSector])
      assert.ok(!ids.includes(id), id);
  });

  it('offer a read-only device nothing that would write to it', () => {
    const ids = offered([views.devices, 'device.assembled.readonly.openedReadOnly.file']);
    assert.ok(ids.includes(uiCommands.openForWriting) && ids.includes(commands.read));
    const { write, writeMarkers, injectErrors, clearErrors, remapSector, addSpare, exportPaths } = commands;
    for (const id of [write, writeMarkers, injectErrors, clearErrors, remapSector, addSpare, exportPaths])
      assert.ok(!ids.includes(id), id);
  });

  it('offer a device that is not assembled only what needs none', () => {
    assert.deepEqual(offered([views.devices, 'device.unassembled.file']).sort(), [
      uiCommands.askPersistenceTestOnCopy,
      commands.assemble,
      commands.checkMetadata,
      uiCommands.copyPath,
      uiCommands.deleteDevice,
      uiCommands.openDeviceFile,
      uiCommands.revealInExplorer,
    ]);
  });
});

describe('the palette', () => {
  const isOffered = (id: string, context: Record<string, boolean>) => {
    const { enablement } = contributes.commands.find(({ command }) => command === id) as {
      enablement?: string;
    };
    return holds(enablement, { isWorkspaceTrusted: true, ...context });
  };

  it('offers what is about a device before the workspace was searched, and then where there is one', () => {
    for (const id of [commands.read, commands.remove, commands.scan, uiCommands.copyTable]) {
      assert.ok(isOffered(id, {}), id);
      assert.ok(!isOffered(id, { [contextKeys.ready]: true }), id);
    }
    const hasDevices = { [contextKeys.ready]: true, [contextKeys.hasDevices]: true };
    assert.ok(isOffered(commands.read, hasDevices) && !isOffered(commands.remove, hasDevices));
    assert.ok(!isOffered(commands.resume, hasDevices));
    assert.ok(isOffered(commands.resume, { ...hasDevices, [contextKeys.hasSuspended]: true }));
  });

  it('says export of NBD exports alone', () => {
    const exporting = contributes.commands.filter(({ title }) => /export/i.test(title));
    assert.deepEqual(exporting.map(({ command }) => command).sort(), [
      commands.export,
      commands.listExports,
      commands.unexport,
    ]);
  });

  it('has no two titles of which one begins as the other', () => {
    const titles = contributes.commands
      .filter(({ command }) => !(command in TWINS))
      .map(({ title }) => title.replace('...', ''));
    for (const title of titles)
      assert.deepEqual(
        titles.filter((other) => other !== title && other.startsWith(`${title} `)),
        [],
        title,
      );
  });
});
