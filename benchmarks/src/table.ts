export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines of text in columns, under their titles; a line that is one string stands on its own. */
export function formatTable(columns: readonly Column[], lines: readonly (readonly string[] | string)[]): string[] {
  const cells = lines.filter((line) => typeof line !== 'string');
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const format = (line: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const [cell = '', width = 0] = [line[index], widths[index]];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [format(titles), ...lines.map((line) => (typeof line === 'string' ? line : format(line)))];
}

/** Milliseconds with as many decimals as are of interest: `0.812`, `12.35`, `204.1`. */
export function formatMilliseconds(value: number): string {
  if (value < 10) return value.toFixed(3);
  return value.toFixed(value < 100 ? 2 : 1);
}

/** At most two decimals: `1`, `5.27`, `1,204`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}
