/** A sector that a report names, and the view of the sector editor that shows it. Line and column count from 0. */
export interface SectorLink {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly sector: number;
  readonly view: string;
}

/**
 * Where the lines of each report have sectors: groups that are named as the views of the sector editor. The formats are
 * those of `reportText.ts`.
 */
export const SECTORS_IN = {
  remaps: /^(?<device>\d+) +(?<spare>\d+)(?= |$)/d,
  /** As `remaps`, where several spares have the places. */
  remapsOfPool: /^(?<device>\d+) +\d+(?= |$)/d,
  sectors: /^Sector (?<device>\d+)$/d,
  markers: /^[✓✗○] Sector (?<device>\d+):/d,
  unreadableOfMain: /^(?<main>\d+)(?:-\d+)? {2}/d,
  unreadableOfSpare: /^(?<spare>\d+)(?:-\d+)? {2}/d,
  scanned: /^(?<device>\d+)(?:-\d+)? {2}/d,
  lost: /^(?<device>\d+)(?:-\d+)? {2,}(?:bad|not rescued) /d,
  copies: /^[0-4] +(?<spare>\d+) /d,
} as const;

/** The sectors that a report names, in its order. */
export function sectorLinks(text: string, pattern: RegExp): SectorLink[] {
  return text.split('\n').flatMap((content, line) => {
    const places = pattern.exec(content)?.indices?.groups ?? {};
    return Object.entries(places).flatMap(([view, place]) => {
      if (!place) return [];
      const [column, end] = place;
      return [{ line, column, length: end - column, sector: Number(content.slice(column, end)), view }];
    });
  });
}
