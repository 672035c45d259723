import { categoryOf, idOf, isReserved, type RecordedEvent } from '@everfold/core';
import {
  ATTEMPTED,
  type Attempted,
  FENCED,
  type Fenced,
  PARKED,
  type Parked,
  STARTED,
  type Started,
} from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { definitionsOf, eventsOf } from '../versions.js';

interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

/** What happened in a run, in order, for people to read. */
export class Timeline {
  readonly #saga: AnySaga;
  readonly #startMs: number;
  readonly #lines: Line[] = [];
  readonly #keys = new Set<string>();

  constructor(saga: AnySaga, startMs: number) {
    this.#saga = saga;
    this.#startMs = startMs;
  }

  /** Notes an entry of a ledger, or an event of the saga; events of others are passed over. */
  record(event: RecordedEvent): void {
    const { type, stream, at } = event;
    const definitions = definitionsOf(this.#saga);
    const category = categoryOf(stream);
    const step = definitions.flatMap(({ steps }) => steps).find(({ ledger }) => ledger === category)?.name;
    const ends = definitions.some(({ end }) => end.ledger === category);
    if (step !== undefined || ends) this.#keys.add(idOf(stream));
    else if (isReserved(type) || !Object.hasOwn(eventsOf(this.#saga), type)) return;
    const who = step ?? (ends ? 'end' : '');
    const key = this.#keys.size > 1 && who !== '' ? ` of ${idOf(stream)}` : '';
    this.note(Date.parse(at), who, `${this.#describe(event)}${key}`);
  }

  /** Notes what happened beside the store. @param who - A step, `end`, or nobody. */
  note(atMs: number, who: string, what: string): void {
    this.#lines.push({ atMs, who, what });
  }

  /** A line each: how much time has passed, whose it is, what it is. */
  toString(): string {
    const width = Math.max(0, ...this.#lines.map(({ who }) => who.length));
    const times = this.#lines.map(({ atMs }) => this.#since(atMs));
    const timeWidth = Math.max(0, ...times.map((time) => time.length));
    const lines = this.#lines.map(
      ({ who, what }, index) => `  ${times[index]?.padStart(timeWidth)}  ${who.padEnd(width)}  ${what}`,
    );
    return ['What happened:', ...lines].join('\n');
  }

  #describe({ type, data }: RecordedEvent): string {
    switch (type) {
      case STARTED: {
        const { deadline } = data as Started;
        return deadline === undefined ? type : `${type}, until ${this.#since(Date.parse(deadline))}`;
      }
      case ATTEMPTED: {
        const { work, error, next } = data as Attempted;
        return `${type} ${work}: ${error.message}; again at ${this.#since(Date.parse(next))}`;
      }
      case FENCED:
        return `${type}: ${(data as Fenced).why}`;
      case PARKED:
        return `${type}: ${(data as Parked).reason}`;
      default:
        return type;
    }
  }

  /** The time since the beginning: `+1h15m`. */
  #since(atMs: number): string {
    const seconds = (atMs - this.#startMs) / 1_000;
    const [days, hours, minutes] = [
      Math.floor(seconds / 86_400),
      Math.floor(seconds / 3_600) % 24,
      Math.floor(seconds / 60) % 60,
    ];
    const parts = [
      days && `${days}d`,
      hours && `${hours}h`,
      minutes && `${minutes}m`,
      seconds % 60 && `${seconds % 60}s`,
    ];
    return `+${parts.filter(Boolean).join('') || '0s'}`;
  }
}
