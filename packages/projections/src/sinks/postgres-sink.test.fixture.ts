import type { PGlite } from '@electric-sql/pglite';
import type { Sink } from '../index.js';
import type { orderEvents } from '../shop.test.fixture.js';

export const TABLES = `
  CREATE TABLE positions (stream text PRIMARY KEY, version bigint NOT NULL);
  CREATE TABLE revenue (day text PRIMARY KEY, orders bigint NOT NULL, cents bigint NOT NULL);
  CREATE TABLE journal (stream text NOT NULL, version bigint NOT NULL, type text NOT NULL);
`;

/** Revenue by day, and a journal of what took effect, in Postgres. */
export function postgresSink(db: PGlite): Sink<typeof orderEvents> {
  const positionsOf = async (streams: readonly string[]) => {
    const { rows } = await db.query<{ stream: string; version: string | number }>(
      'SELECT stream, version FROM positions WHERE stream = ANY($1)',
      [streams],
    );
    return new Map(rows.map(({ stream, version }) => [stream, Number(version)]));
  };
  return {
    positions: positionsOf,

    async write(entries) {
      const stale = await db.transaction(async (tx) => {
        const beyond: string[] = [];
        for (const { stream, after, upTo, events } of entries) {
          // Takes the row's lock: who comes second waits here, and finds the position beyond.
          const moved = await tx.query(
            `INSERT INTO positions VALUES ($1, $3)
             ON CONFLICT (stream) DO UPDATE SET version = $3 WHERE positions.version <= $2 RETURNING version`,
            [stream, after, upTo],
          );
          if (moved.rows.length === 0) beyond.push(stream);
          for (const event of events) {
            await tx.query('INSERT INTO journal VALUES ($1, $2, $3)', [stream, event.version, event.type]);
            if (event.type !== 'OrderPlaced') continue;
            await tx.query(
              `INSERT INTO revenue VALUES ($1, 1, $2) ON CONFLICT (day)
               DO UPDATE SET orders = revenue.orders + 1, cents = revenue.cents + $2`,
              [event.data.day, event.data.cents],
            );
          }
        }
        if (beyond.length > 0) await tx.rollback();
        return beyond;
      });
      return stale.length === 0 ? { written: true } : { written: false, positions: await positionsOf(stale) };
    },

    // Class 08 is the connection, 40 a deadlock, 53 too little of something, 57 an operator.
    isPassing: (error) => error instanceof Error && 'code' in error && /^(08|40|53|57)/.test(String(error.code)),
  };
}
