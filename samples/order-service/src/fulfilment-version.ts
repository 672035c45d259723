/** Which saga fulfils an order, in a module of its own: who places an order has no need of its steps. */
export const FULFILMENT = { name: 'fulfilment', version: 1 } as const;
