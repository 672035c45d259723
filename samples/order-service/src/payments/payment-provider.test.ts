import { describe, expect, it } from 'vitest';
import { InMemoryBooks } from '../world/books.js';
import { type Charge, DECLINED_TOKEN, PaymentProvider } from './payment-provider.js';

const asked = { key: 'fulfilment/charge/o1', token: 'tok_ok', amountCents: 500 };

async function chargesOf(provider: PaymentProvider) {
  const charges: Charge[] = [];
  for await (const charge of provider.charges()) charges.push(charge);
  return charges;
}

describe('the payment provider', () => {
  it('charges a key once, however often it is asked', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());

    const answers = await Promise.all([provider.capture(asked), provider.capture(asked), provider.capture(asked)]);

    expect(answers).toEqual(Array(3).fill({ status: 'captured', amountCents: 500 }));
    expect(await chargesOf(provider)).toEqual([{ ...asked, status: 'captured', refundedCents: 0 }]);
  });

  it('declines a card that has nothing on it', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());

    expect(await provider.capture({ ...asked, token: DECLINED_TOKEN })).toEqual({
      status: 'declined',
      reason: 'the card was declined',
    });
  });

  it('refunds a charge once', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.capture(asked);

    await provider.refund(asked.key);
    await provider.refund(asked.key);

    expect(await chargesOf(provider)).toMatchObject([{ status: 'captured', refundedCents: 500 }]);
  });

  it('refuses a capture that comes after the key was cancelled', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.cancel(asked.key);

    expect(await provider.capture(asked)).toEqual({ status: 'declined', reason: 'the charge was cancelled' });
    expect(await chargesOf(provider)).toMatchObject([{ status: 'cancelled', amountCents: 0 }]);
  });

  it('takes the money of a charge that was created once it is confirmed, and once', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.create(asked);
    expect(await provider.lookup(asked.key)).toMatchObject({ status: 'created' });

    const answers = [await provider.confirm(asked.key), await provider.confirm(asked.key)];

    expect(answers).toEqual(Array(2).fill({ status: 'captured', amountCents: 500 }));
    expect(await provider.lookup(asked.key)).toMatchObject({ status: 'captured', refundedCents: 0 });
  });

  it('refuses to confirm a charge that was cancelled, and one that was never created', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.create(asked);
    await provider.cancel(asked.key);

    expect(await provider.confirm(asked.key)).toEqual({ status: 'declined', reason: 'the charge was cancelled' });
    expect(await provider.lookup('another')).toBeUndefined();
    await expect(provider.confirm('another')).rejects.toThrow('No charge under key "another".');
  });

  it('confirms a charge that was created before it is asked for in one call', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.create(asked);

    expect(await provider.capture(asked)).toEqual({ status: 'captured', amountCents: 500 });
  });

  it('gives the money back when a key is cancelled after it was captured', async () => {
    const provider = new PaymentProvider(new InMemoryBooks());
    await provider.capture(asked);

    await provider.cancel(asked.key);

    expect(await chargesOf(provider)).toMatchObject([{ status: 'captured', refundedCents: 500 }]);
  });
});
