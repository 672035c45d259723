/** Values by small numbers: equal ones have the same. */
export class Interned<TValue> {
  readonly #keyOf: (value: TValue) => string;
  readonly #ids = new Map<string, number>();
  readonly #values: TValue[] = [];

  /** @param keyOf - Equal for equal values. */
  constructor(keyOf: (value: TValue) => string) {
    this.#keyOf = keyOf;
  }

  idOf(value: TValue): number {
    const key = this.#keyOf(value);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  /** @param id - One that `idOf` gave. */
  valueOf(id: number): TValue {
    const value = this.#values[id];
    if (value === undefined) throw new Error(`Nothing has the number ${id}.`);
    return value;
  }
}
