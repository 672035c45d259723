/** An object without the properties that are `undefined`: those that may be so are optional. */
export type Defined<TObject> = Flat<
  { [TKey in keyof TObject as undefined extends TObject[TKey] ? never : TKey]: TObject[TKey] } & {
    [TKey in keyof TObject as undefined extends TObject[TKey] ? TKey : never]?: Exclude<TObject[TKey], undefined>;
  }
>;

type Flat<TObject> = { [TKey in keyof TObject]: TObject[TKey] };

/**
 * Leaves out the properties that are `undefined`: to say only what is known.
 *
 * @returns A copy. It takes longer than a literal, so it is not for what is done a thousand times a request.
 *
 * @example
 * ```ts
 * defined({ category: 'order', cursor: undefined }); // { category: 'order' }
 * ```
 */
export function defined<TObject extends object>(properties: TObject): Defined<TObject> {
  const known = Object.entries(properties).filter(([, value]) => value !== undefined);
  // The very properties, less those that are undefined.
  return Object.fromEntries(known) as Defined<TObject>;
}
