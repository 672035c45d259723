import { type Clock, systemClock } from '@everfold/core';

/** A connection that a customer has opened, and that may be over by now. */
export interface Connection {
  readonly customerId: string;
  /** As API Gateway has it. */
  readonly connectionId: string;
  /** When its handshake was accepted, milliseconds since 1970. */
  readonly openedAt: number;
}

/** No connection lives longer. Source: API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API". */
export const LONGEST_MS = 2 * 3_600_000;

/** Who is connected. API Gateway knows connections, and not whose they are. */
export interface Connections {
  add(connection: Connection): Promise<void>;
  /** Forgets a connection of which only the id is known. It may be forgotten already. */
  removeById(connectionId: string): Promise<void>;
  /** Forgets a connection. It may be forgotten already. */
  remove(connection: Pick<Connection, 'customerId' | 'connectionId'>): Promise<void>;
  /** Those of a customer that may still be there. */
  of(customerId: string): Promise<readonly Connection[]>;
}

/** Connections that are forgotten with the process. */
export class InMemoryConnections implements Connections {
  readonly #connections = new Map<string, Connection>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async add(connection: Connection): Promise<void> {
    this.#connections.set(connection.connectionId, connection);
  }

  async removeById(connectionId: string): Promise<void> {
    this.#connections.delete(connectionId);
  }

  async remove({ connectionId }: Pick<Connection, 'connectionId'>): Promise<void> {
    this.#connections.delete(connectionId);
  }

  async of(customerId: string): Promise<readonly Connection[]> {
    const oldest = this.#clock.now() - LONGEST_MS;
    return [...this.#connections.values()].filter(
      (connection) => connection.customerId === customerId && connection.openedAt > oldest,
    );
  }
}
