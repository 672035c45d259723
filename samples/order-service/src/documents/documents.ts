import { openApi } from '../api/openapi.js';
import { operations } from '../api/operations.js';
import { fulfilment } from '../fulfilment.js';
import { functions } from '../functions.js';
import { costTable, machineExcerpt } from './comparison.js';
import { costOfDeploying, costsInRegions, drivers, ofAMonth, ofOrders } from './cost-page.js';
import { sagaPage } from './fulfilment-page.js';

/** A page of the documentation that follows from the saga, by its path in the repository. */
export interface Document {
  readonly path: string;
  /** What the page says, made of what it said before. */
  readonly write: (before: string) => Promise<string>;
}

/** All files that follow from the order service's saga, from its routes and schemas, or from what its orders consume. */
export const documents: readonly Document[] = [
  {
    path: 'samples/order-service/openapi.json',
    write: async () => `${JSON.stringify(openApi(functions, operations), undefined, 2)}\n`,
  },
  { path: 'samples/order-service/docs/fulfilment.md', write: () => sagaPage(fulfilment) },
  {
    path: 'docs/choreography-and-orchestration.md',
    write: async (before) =>
      withDerived(before, { costs: costTable(fulfilment), 'state machine': machineExcerpt(fulfilment) }),
  },
  {
    path: 'docs/cost.md',
    write: async (before) =>
      withDerived(before, { orders: ofOrders(), month: ofAMonth(), regions: costsInRegions(), drivers: drivers() }),
  },
  { path: 'README.md', write: async (before) => withDerived(before, { cost: costOfDeploying() }) },
];

/** A page with what stands between its marks replaced: `<!-- derived: costs -->` and `<!-- /derived -->`. */
function withDerived(page: string, parts: Readonly<Record<string, string>>): string {
  return page.replaceAll(/(<!-- derived: ([\w ]+) -->\n).*?(<!-- \/derived -->)/gs, (_whole, begin, name, end) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`The page asks for "${name}"; there are ${Object.keys(parts).join(', ')}.`);
    return `${begin}\n${part}\n\n${end}`;
  });
}
