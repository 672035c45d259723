interface Request {
  readonly Entries: readonly { readonly Detail: string }[];
}

/** Takes every entry of `PutEvents`, and remembers it until it is asked for. */
export function createBusAnswers() {
  let details: string[] = [];
  let accepted = 0;
  return {
    /** @param body - Of a `PutEvents` request. */
    accept(body: string): string {
      const { Entries }: Request = JSON.parse(body);
      for (const { Detail } of Entries) details.push(Detail);
      return JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: String(++accepted) })) });
    },

    /** The details that arrived since it was last asked, in order: a JSON list. */
    take(): string {
      const taken = details;
      details = [];
      return `[${taken.join(',')}]`;
    },
  };
}
