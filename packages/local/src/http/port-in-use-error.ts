import { EverfoldError } from '@everfold/core';

/** Another program listens on the port already. */
export class PortInUseError extends EverfoldError<'PORT_IN_USE'> {
  readonly port: number;

  /** @param remedy - How to choose another port, as a sentence. */
  constructor(port: number, remedy: string, options?: ErrorOptions) {
    super(
      { name: 'PortInUseError', code: 'PORT_IN_USE', retryable: true },
      `Port ${port} is in use by another program. ${remedy}`,
      options,
    );
    this.port = port;
  }
}
