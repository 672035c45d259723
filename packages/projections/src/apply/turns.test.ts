import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

/** Work that notes when it begins, and is done when it is told to. */
function workshop() {
  const turns = new Turns();
  const begun: string[] = [];
  const finish = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  const take = (name: string, ...rows: string[]) =>
    turns.take(new Set(rows), () => {
      begun.push(name);
      return new Promise<void>((resolve, reject) => finish.set(name, { resolve, reject }));
    });
  return { begun, finish, take };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('lets work on other rows go side by side', async () => {
    const { begun, take } = workshop();

    void take('first', 'a');
    void take('second', 'b');
    await settled();

    expect(begun).toEqual(['first', 'second']);
  });

  it('keep work that shares a row in its order', async () => {
    const { begun, finish, take } = workshop();

    const first = take('first', 'a', 'b');
    const second = take('second', 'b', 'c');
    void take('third', 'c');
    await settled();
    expect(begun).toEqual(['first']);

    finish.get('first')?.resolve();
    await first;
    await settled();
    expect(begun).toEqual(['first', 'second']);

    finish.get('second')?.resolve();
    await second;
    await settled();
    expect(begun).toEqual(['first', 'second', 'third']);
  });

  it('go on after work that fails, which fails alone', async () => {
    const { begun, finish, take } = workshop();

    const first = take('first', 'a');
    const second = take('second', 'a');
    finish.get('first')?.reject(new Error('no'));

    await expect(first).rejects.toThrow('no');
    await settled();
    expect(begun).toEqual(['first', 'second']);
    finish.get('second')?.resolve();
    await expect(second).resolves.toBeUndefined();
  });
});
