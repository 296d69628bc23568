const IMAGE = /^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gm;
const LINK = /\[([^\]]*)\]\((?!https:|#|mailto:)[^)]*\)/g;

interface Manifest {
  readonly repository?: unknown;
  readonly scripts?: unknown;
  readonly devDependencies?: unknown;
}

/**
 * The README for the package. With an address of the repository it is as it is: `vsce` makes its links and pictures lead
 * there. Without one these would lead nowhere: pictures go, and of links their text stays.
 */
export function packagedReadme(readme: string, { repository }: Manifest): string {
  return repository === undefined ? readme.replace(IMAGE, '').replace(LINK, '$1') : readme;
}

/** The manifest without what is only for work on the repository. */
export function packagedManifest({ scripts, devDependencies, ...manifest }: Manifest): object {
  return manifest;
}
