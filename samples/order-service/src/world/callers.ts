import type { HttpApi, TokenIssuer } from '@everfold/local';
import { STAFF_SCOPE } from '../http/caller.js';

/** The API, as somebody calls it. */
export interface ApiClient {
  invoke(method: string, path: string, body?: unknown): Promise<Response>;
}

const DAY_SECONDS = 86_400;

/** Those who call the API. The token of each is signed once: a file of orders has thousands of customers. */
export class Callers {
  readonly #issuer: TokenIssuer;
  readonly #api: HttpApi;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(issuer: TokenIssuer, api: HttpApi) {
    this.#issuer = issuer;
    this.#api = api;
  }

  customer(customerId: string): ApiClient {
    return this.#client(customerId);
  }

  staff(): ApiClient {
    return this.#client('back-office', [STAFF_SCOPE]);
  }

  #client(subject: string, scopes?: readonly string[]): ApiClient {
    return {
      invoke: async (method, path, body) => {
        const authorization = await this.#token(subject, scopes);
        return this.#api.invoke(method, path, body, { authorization });
      },
    };
  }

  #token(subject: string, scopes: readonly string[] = []): Promise<string> {
    const key = JSON.stringify([subject, scopes]);
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const request = { subject, expiresInSeconds: DAY_SECONDS };
    const signed = this.#issuer.token(scopes.length === 0 ? request : { ...request, scopes });
    this.#tokens.set(key, signed);
    return signed;
  }
}
