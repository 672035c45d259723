import { EverfoldError } from '@everfold/core';

/** Another program listens on the port already. */
export class PortInUseError extends EverfoldError<'PORT_IN_USE'> {
  readonly port: number;

  /** @param remedy - How to choose another port, as a sentence. */
  constructor(port: number, remedy: string, options?: ErrorOptions) {
    super('PORT_IN_USE', `Port ${port} is in use by another program. ${remedy}`, { retryable: true, ...options });
    this.port = port;
  }
}
