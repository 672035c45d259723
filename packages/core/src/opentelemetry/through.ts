/** Calls for the next item, somewhere. */
export type CallNext<TItem> = (next: () => Promise<IteratorResult<TItem>>) => Promise<IteratorResult<TItem>>;

/** The same items, with each call for the next one made by `call`. */
export function through<TItem>(items: AsyncIterable<TItem>, call: CallNext<TItem>): AsyncIterable<TItem> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]();
      return {
        next: () => call(() => iterator.next()),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
