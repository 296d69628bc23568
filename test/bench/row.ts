/** What a measure must reach. */
export interface Target {
  readonly relation: '>=' | '<=';
  readonly value: number;
}

/** In the place of a target, in a row that is not judged. */
const NO_TARGET = 'none';

/** One line of the benchmark: a measured value, and whether it reaches its target. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `>= 0.95`, in the row's unit. */
  readonly target: string;
  readonly ok: boolean;
}

/** The value is kept with four significant digits: more of them are noise. */
export function judge(name: string, measured: number, unit: string, target: Target): Row {
  const value = Number(measured.toPrecision(4));
  const ok = target.relation === '>=' ? value >= target.value : value <= target.value;
  return { name, value, unit, target: `${target.relation} ${target.value}`, ok };
}

/** A value that has no target: it is told for comparison. */
export function tell(name: string, measured: number, unit: string): Row {
  return { name, value: Number(measured.toPrecision(4)), unit, target: NO_TARGET, ok: true };
}

export function atLeast(value: number): Target {
  return { relation: '>=', value };
}

export function atMost(value: number): Target {
  return { relation: '<=', value };
}

/** Rows as a table for a terminal. */
export function formatRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.name, `${row.value} ${row.unit}`, row.target, verdict(row, 'MISSED')]);
  const table = [['measure', 'value', 'target', 'verdict'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Rows as a Markdown table. */
export function markdownRows(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) => `| ${row.name} | ${row.value} ${row.unit} | ${row.target} | ${verdict(row, 'missed')} |`,
  );
  return ['| measure | value | target | verdict |', '|---|---|---|---|', ...lines].join('\n');
}

function verdict({ target, ok }: Row, missed: string): string {
  if (target === NO_TARGET) return '-';
  return ok ? 'ok' : missed;
}
