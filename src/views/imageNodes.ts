import { basename } from 'node:path';
import { describeError } from '../contract/errorSentences';
import { formatSize, plural } from '../contract/wording';
import type { FreeImage } from '../devices/freeImages';
import type { MetadataInspection } from '../engine';
import { icons, type NodeIcon, type NodeLook, type TreeNode } from './treeNode';

/** The items of the Images view: first the spares with metadata, which name their main image's size. */
export function imageNodes(images: readonly FreeImage[], relative: (path: string) => string): TreeNode[] {
  const isSpare = ({ inspection }: FreeImage) => inspection?.kind === 'metadata';
  const sorted = [...images.filter(isSpare), ...images.filter((image) => !isSpare(image))];
  return sorted.map((image) => ({
    treeReference: true,
    imagePath: image.path,
    id: image.path,
    parent: undefined,
    look: () => imageLook(image, relative(image.path)),
  }));
}

function imageLook({ path, sectorCount, inspection, problem }: FreeImage, shownPath: string): NodeLook {
  const { what, icon, kind } = inspection
    ? describeContent(inspection)
    : { what: describeError(problem).message, icon: icons.warning, kind: 'unreadable' };
  const description = [formatSize(sectorCount), what].filter(Boolean).join(' · ');
  return {
    label: basename(path),
    description,
    icon,
    contextValue: `image.${kind}`,
    spoken: `Image ${basename(path)}, ${description}`,
    tooltip: () => [shownPath, plural(sectorCount, 'sector'), ...(what ? [what] : [])],
    opens: [path],
  };
}

function describeContent(inspection: MetadataInspection): { what: string; icon: NodeIcon; kind: string } {
  const { kind, copies, remaps, mainSectorCount = 0 } = inspection;
  const valid = copies.filter((copy) => copy.valid).length;
  switch (kind) {
    case 'metadata': {
      const what = `spare of ${formatSize(mainSectorCount)}, ${plural(remaps, 'remap')}, ${valid} of 5 copies valid`;
      return { what, icon: valid < 5 ? icons.warning : { id: 'database' }, kind: 'spare' };
    }
    case 'damaged':
      return { what: 'spare without a valid metadata copy', icon: icons.bad, kind: 'damaged' };
    case 'script':
      return { what: "spare with a script's paths", icon: { id: 'database' }, kind: 'plain' };
    default:
      return { what: '', icon: { id: 'file-binary' }, kind: 'plain' };
  }
}
