import type { Reader } from '@everfold/projections';

/** Every row of a projection, page after page, as of now. */
export async function* allRows<TRow extends object>(
  reader: Reader<TRow>,
): AsyncIterable<{ readonly key: string; readonly row: TRow }> {
  for (let cursor: string | undefined; ; ) {
    const page = await reader.all({ limit: 1_000, consistent: true, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.rows;
    cursor = page.cursor;
    if (cursor === undefined) return;
  }
}
