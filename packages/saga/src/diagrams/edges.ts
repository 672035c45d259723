/** What leads from one node of a flow to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  /** Dashed: on the way back. */
  readonly isBack: boolean;
}

/** The edges of a flow as they are drawn: those that lead the same way are one. */
export class Edges {
  readonly #edges = new Map<string, Edge>();

  /** Adds a step forward. */
  forward(from: string, to: string, ...labels: readonly string[]): void {
    this.#add({ from, to, labels, isBack: false });
  }

  /** Adds a step back. */
  back(from: string, to: string, ...labels: readonly string[]): void {
    this.#add({ from, to, labels, isBack: true });
  }

  /** The lines of Mermaid that draw them, in the order in which they were added. */
  lines(): string[] {
    return [...this.#edges.values()].map(({ from, to, labels, isBack }) => {
      const label = labels.length === 0 ? '' : `|"${labels.join('<br/>')}"|`;
      return `${from} ${isBack ? '-.->' : '-->'}${label} ${to}`;
    });
  }

  #add(edge: Edge): void {
    const way = `${edge.from} ${edge.to} ${edge.isBack}`;
    const labels = [...new Set([...(this.#edges.get(way)?.labels ?? []), ...edge.labels])];
    this.#edges.set(way, { ...edge, labels });
  }
}
