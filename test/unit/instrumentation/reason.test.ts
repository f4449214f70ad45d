import { describe, expect, it } from 'vitest';
import { redact } from '../../../exporters/apps/instrumentation/log.ts';
import { reasonOf } from '../../../exporters/apps/instrumentation/reason.ts';

const withCode = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

describe('reasonOf', () => {
  it.each<[unknown, string]>([
    [withCode('ECONNREFUSED'), 'refused'],
    [withCode('ENOTFOUND'), 'unreachable'],
    [withCode('28P01', 'password authentication failed for user "shop"'), 'authentication'],
    [withCode('53300'), 'too_many_connections'],
    [withCode('25006'), 'read_only'],
    [new Error('WRONGPASS invalid username-password pair or user is disabled.'), 'authentication'],
    [new Error('NOAUTH Authentication required.'), 'authentication'],
    [new Error("READONLY You can't write against a read only replica."), 'read_only'],
    [new Error('MISCONF Redis is configured to save RDB snapshots'), 'read_only'],
    [new Error("OOM command not allowed when used memory > 'maxmemory'."), 'out_of_memory'],
    [new Error('Query read timeout'), 'timeout'],
    [new Error('timeout exceeded when trying to connect'), 'timeout'],
    [new Error('Connection terminated unexpectedly'), 'closed'],
    [new Error('Connection is closed.'), 'closed'],
    [new Error('relation "x" does not exist'), 'error'],
    ['text', 'error'],
    [undefined, 'error'],
  ])('%s is %s', (failure, reason) => {
    expect(reasonOf(failure)).toBe(reason);
  });
});

describe('redact', () => {
  it('takes logins out and leaves the rest', () => {
    expect(redact('cannot reach postgresql://shop:s3cret@db:5432/shop')).toBe('cannot reach postgresql://***@db:5432/shop');
    expect(redact('Invalid URL: redis://shop:s3@cr/et@cache:6379/0')).toBe('Invalid URL: redis://***@cache:6379/0');
    expect(redact('host=db password=s3cret user=shop')).toBe('host=db password=*** user=shop');
    expect(redact('relation "x" does not exist')).toBe('relation "x" does not exist');
  });
});
