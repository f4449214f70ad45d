import { createHmac, timingSafeEqual } from 'node:crypto';

/** How a payment provider signs a callback about the payment `id`. */
export const sign = (id: string, secret: string): string => createHmac('sha256', secret).update(id).digest('hex');

/** Whether the signature of a callback is the provider's. */
export function isSigned(signature: string, id: string, secret: string): boolean {
  const expected = Buffer.from(sign(id, secret));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
