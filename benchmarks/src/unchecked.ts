/** A Standard Schema that accepts anything: the other systems check nothing. */
export function unchecked<T>(): Unchecked<T> {
  return {
    '~standard': { version: 1, vendor: 'everfold-benchmarks', validate: (value) => ({ value: value as T }) },
  };
}

interface Unchecked<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: T };
    readonly types?: { readonly input: T; readonly output: T };
  };
}
