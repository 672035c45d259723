import { setTimeout as sleep } from 'node:timers/promises';
import { type Commit, type RecordedEvent, recordedEvents } from '@everfold/core';
import { fulfilmentEvents } from '../fulfilment-events.js';
import type { OrderView } from '../read-models/order-view.js';
import { column, dim, money, paintOf, print, seconds } from './text.js';

export const ID_WIDTH = 18;
const TIME_WIDTH = 9;
const TYPE_WIDTH = 23;

/** Prints what happens to orders, as it is recorded. */
export class Timeline {
  #begin: number | undefined;
  readonly #shown = new Set<string>();

  /** What is recorded from now on is shown. */
  begin(): void {
    this.#begin = performance.now();
  }

  show(commit: Commit): void {
    if (this.#begin === undefined) return;
    for (const event of recordedEvents(commit)) {
      if (!Object.hasOwn(fulfilmentEvents, event.type) || this.#shown.has(event.id)) continue;
      this.#shown.add(event.id);
      print(toLine(event, performance.now() - this.#begin));
    }
  }

  /** Resolves when everything that the views know of has been shown: this display reads the stream at its own pace. */
  async settled(views: readonly OrderView[]): Promise<void> {
    const ids = views.flatMap(({ timeline }) => timeline.map(({ id }) => id));
    while (!ids.every((id) => this.#shown.has(id))) await sleep(20);
  }
}

function toLine({ type, data }: RecordedEvent, elapsedMs: number): string {
  const { orderId, ...facts } = data as Readonly<Record<string, unknown>>;
  const time = dim(column(seconds(elapsedMs), TIME_WIDTH));
  return `  ${time}${column(String(orderId), ID_WIDTH)}${paintOf(type)(column(type, TYPE_WIDTH))}${dim(noteOf(facts))}`.trimEnd();
}

function noteOf({ reason, by, amountCents, trackingNumber, units }: Readonly<Record<string, unknown>>): string {
  if (typeof reason === 'string') return reason;
  if (typeof by === 'string') return `by ${by}`;
  if (typeof amountCents === 'number') return money(amountCents);
  if (typeof trackingNumber === 'string') return trackingNumber;
  return typeof units === 'number' ? `${units} unit(s)` : '';
}
