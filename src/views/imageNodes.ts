import { basename } from 'node:path';
import { describeError } from '../contract/errorSentences';
import { countUnreadable, describeOffer, formatSize, plural } from '../contract/wording';
import type { FreeImage } from '../devices/freeImages';
import type { ImageMaps } from '../devices/rescueMaps';
import type { MetadataInspection } from '../engine';
import { icons, type NodeIcon, type NodeLook, type TreeNode } from './treeNode';
import { type ShownDisk, volumesNode } from './volumeNodes';

/** An image, and its rescue maps. */
type ShownImage = FreeImage & { readonly maps: ImageMaps };

/**
 * The items of the Images view: first the spares with metadata, which name their main image's size.
 * @param diskOf gives the disk that an image is, to look at its file systems; absent: they are not shown
 */
export function imageNodes(
  images: readonly ShownImage[],
  relative: (path: string) => string,
  diskOf?: (imagePath: string) => ShownDisk,
): TreeNode[] {
  const isSpare = ({ inspection }: ShownImage) => inspection?.kind === 'metadata';
  const sorted = [...images.filter(isSpare), ...images.filter((image) => !isSpare(image))];
  return sorted.map((image) => {
    const root: TreeNode = {
      treeReference: true,
      imagePath: image.path,
      id: image.path,
      parent: undefined,
      look: () => imageLook(image, relative(image.path)),
    };
    if (!diskOf || !image.inspection || isSpare(image)) return root;
    return { ...root, children: () => [volumesNode(root, diskOf(image.path))] };
  });
}

function imageLook(image: ShownImage, shownPath: string): NodeLook {
  const { path, sectorCount, inspection, problem, maps } = image;
  const { what, icon, kind } = inspection
    ? describeContent(inspection)
    : { what: describeError(problem).message, icon: icons.warning, kind: 'unreadable' };
  const says = mapFacts(maps);
  // A side bar is narrow: what is wrong comes first.
  const description = [...says.map(({ short }) => short), formatSize(sectorCount), what]
    .filter(Boolean)
    .join(' · ');
  return {
    label: basename(path),
    description,
    icon: says.length > 0 && icon.color === undefined ? icons.warning : icon,
    contextValue: `image.${kind}${maps.offered ? '.map' : ''}`,
    spoken: `Image ${basename(path)}, ${description}`,
    tooltip: () => [
      shownPath,
      plural(sectorCount, 'sector'),
      ...(what ? [what] : []),
      ...says.map(({ long }) => long(basename(path))),
    ],
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

/** What the rescue maps of an image say of it: beside its name, and in its tooltip. */
function mapFacts({ used, offered, problem }: ImageMaps): { short: string; long(image: string): string }[] {
  if (problem !== null) return [{ short: problem, long: () => problem }];
  if (offered) {
    const short = `${basename(offered.path)} fits, not used`;
    return [{ short, long: (image) => describeOffer(image, offered) }];
  }
  if (!used) return [];
  const counts = countUnreadable(used).join(', ');
  const { sizeNote } = used;
  return [
    ...(counts === '' ? [] : [{ short: counts, long: () => `${counts}, by ${basename(used.path)}` }]),
    ...(sizeNote ? [{ short: `${basename(used.path)} has another size`, long: () => sizeNote }] : []),
  ];
}
