import { basename } from 'node:path';
import { countUnreadable, describeOffer, formatSize } from '../contract/wording';
import type { ImageSituation, MappedImage } from '../devices/imageSituations';
import { kernelModuleName, type ModuleState } from '../engine';
import { builtIn, commands, uiCommands } from '../manifest';
import { type Action, actionNode } from './actionNode';
import { spareNodes } from './spareNodes';
import { icons, type NodeIcon, type TreeNode } from './treeNode';

/** A sentence about what is there, with the one thing to do next. A side bar is narrow: what comes first says it. */
interface Advice {
  readonly id: string;
  readonly label: string;
  /** The rest of the sentence. */
  readonly rest?: string;
  readonly icon: NodeIcon;
  readonly action: Action;
  /** More lines of the tooltip. */
  readonly detail?: string;
  /** Items below the action. */
  readonly more?: (parent: TreeNode) => TreeNode[];
}

const INFO: NodeIcon = { id: 'info' };
const CHOOSE_MAIN = 'Choose the Main Image...';

/** The items above the devices that say what the workspace's images are to each other, each with what can be done. */
export function imageGuidance(
  situations: readonly ImageSituation[],
  { isTrusted, hasDevices }: { readonly isTrusted: boolean; readonly hasDevices: boolean },
): TreeNode[] {
  // Beside devices only what is one too: the Images view shows the others.
  const shown = situations.filter(({ kind }) => !hasDevices || kind === 'pair');
  return shown.map((situation) => adviceNode(adviceOn(situation, isTrusted)));
}

/** The item that says that modules are missing without which devices can't be assembled, or lose their remaps. */
export function moduleGuidance(modules: readonly ModuleState[]): TreeNode[] {
  const missing = modules.filter(({ loaded }) => !loaded).map(({ name }) => name);
  const lacks = (['real', 'metadata'] as const).find((name) => missing.includes(name));
  if (lacks === undefined) return [];
  const action = { title: 'Load All Modules', command: uiCommands.loadAllModules, icon: 'package' };
  const detail = `Not loaded: ${missing.map(kernelModuleName).join(', ')}`;
  const label = lacks === 'real' ? 'No device can be assembled' : 'Remaps are lost in a reload';
  const rest = `the module ${lacks} isn’t loaded`;
  return [adviceNode({ id: 'modules', label, rest, icon: icons.warning, action, detail })];
}

function adviceOn(situation: ImageSituation, isTrusted: boolean): Advice {
  switch (situation.kind) {
    case 'pair':
      return pairAdvice(
        situation.spare,
        situation.mains.map(({ path }) => path),
        isTrusted,
      );
    case 'fits': {
      const [main, spare] = [basename(situation.main.path), basename(situation.spare.path)];
      return {
        id: `fits ${situation.main.path}`,
        label: `${spare} fits ${main}`,
        rest: 'as its spare',
        icon: INFO,
        action: writing(isTrusted, assemble(`Assemble ${main}`, situation.main.path)),
        detail: `By their sizes ${spare} can be the spare of ${main}, and not the other way round.`,
      };
    }
    case 'choose':
      return {
        id: 'choose',
        label: 'Which image is main?',
        rest: oneOf(situation.images.map(({ path }) => basename(path))),
        icon: INFO,
        action: writing(isTrusted, assemble(CHOOSE_MAIN)),
        detail: 'A device is a main image, whose sectors go bad, and a spare, where they move.',
      };
    case 'spare':
      return spareAdvice(situation.spare);
    case 'rescue':
      return rescueAdvice(situation.image);
    case 'single':
      return {
        id: `single ${situation.image.path}`,
        label: `${basename(situation.image.path)} has no spare here`,
        icon: INFO,
        action: open(situation.image.path),
        detail: 'A device needs a second image: where its bad sectors move.',
      };
  }
}

function pairAdvice(spare: MappedImage, mains: readonly string[], isTrusted: boolean): Advice {
  const name = basename(spare.path);
  const size = formatSize(spare.inspection?.mainSectorCount ?? 0);
  const [main] = mains;
  const isSure = mains.length === 1;
  const title = isSure ? `Assemble ${basename(main!)}` : CHOOSE_MAIN;
  return {
    id: `pair ${spare.path}`,
    ...(isSure
      ? { label: `${name} belongs to ${basename(main!)}` }
      : { label: `Which image is main of ${name}?`, rest: oneOf(mains.map((path) => basename(path))) }),
    icon: INFO,
    action: assemble(isTrusted ? title : `${title} Read-Only`, spare.path),
    detail: `The metadata on ${name} name a main image of ${size}.`,
  };
}

function oneOf(names: readonly string[]): string {
  return names.length === 2 ? names.join(' or ') : `one of ${names.length}`;
}

function spareAdvice({ path, inspection }: MappedImage): Advice {
  const size = inspection?.mainSectorCount;
  return {
    id: `spare ${path}`,
    ...(size === undefined
      ? { label: `${basename(path)} is a damaged spare`, rest: 'no metadata copy is valid' }
      : { label: `No main image for ${basename(path)}`, rest: `it has ${formatSize(size)}` }),
    icon: icons.warning,
    action: open(path),
    detail: 'Its table and copies can be looked at; nothing is written.',
    ...(inspection && { more: (parent) => spareNodes(parent, path, inspection) }),
  };
}

function rescueAdvice({ path, maps }: MappedImage): Advice {
  const name = basename(path);
  if (maps.used) {
    return {
      id: `rescue ${path}`,
      label: `${name} is a rescue`,
      rest: countUnreadable(maps.used).join(', '),
      icon: icons.warning,
      action: open(path),
      detail: `By ${basename(maps.used.path)}.`,
    };
  }
  const map = maps.offered!;
  return {
    id: `rescue ${path}`,
    label: `${basename(map.path)} fits ${name}`,
    rest: 'not used',
    icon: icons.warning,
    action: {
      title: `Use ${basename(map.path)}`,
      command: uiCommands.useMap,
      arguments: [{ treeReference: true, imagePath: path }],
      icon: 'check',
    },
    detail: describeOffer(name, map),
  };
}

function assemble(title: string, imagePath?: string): Action {
  const on = imagePath === undefined ? [] : [{ treeReference: true, imagePath }];
  return { title, command: commands.assemble, arguments: on, icon: 'debug-start' };
}

function open(path: string): Action {
  return {
    title: `Open ${basename(path)}`,
    command: commands.openSectors,
    arguments: [path],
    icon: 'file-binary',
  };
}

/** Formatting a spare writes: in Restricted Mode the next thing to do is to trust the folder. */
function writing(isTrusted: boolean, action: Action): Action {
  if (isTrusted) return action;
  return { title: 'Manage Workspace Trust', command: builtIn.manageTrust, icon: 'workspace-untrusted' };
}

function adviceNode({ id, label, rest, icon, action, detail, more }: Advice): TreeNode {
  const sentence = rest === undefined ? label : `${label.replace(/\?$/, '')}: ${rest}`;
  const node: TreeNode = {
    treeReference: true,
    id: `advice ${id}`,
    parent: undefined,
    isOpen: () => true,
    look: () => ({
      label,
      ...(rest !== undefined && { description: rest }),
      icon,
      contextValue: 'advice',
      spoken: sentence,
      tooltip: () => [
        `${sentence}${label.endsWith('?') ? '?' : '.'}`,
        ...(detail === undefined ? [] : [detail]),
      ],
    }),
    children: () => [actionNode(node, action), ...(more?.(node) ?? [])],
  };
  return node;
}
