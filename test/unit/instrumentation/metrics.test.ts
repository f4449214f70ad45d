import { Gauge, Registry, register } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { businessMetrics } from '../../../exporters/apps/instrumentation/business.ts';
import { createInstrumentation, type Instrumentation } from '../../../exporters/apps/instrumentation/instrumentation.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const create = (): Instrumentation => createInstrumentation({ registry: new Registry(), log, version: '1.2.3' });
afterEach(() => register.clear());

describe('the process', () => {
  it('shows what the alerts ask for', async () => {
    const { body, status, contentType } = await create().scrape();
    expect({ status, contentType }).toEqual({ status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8' });
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
      'nodejs_heap_size_limit_bytes',
      'nodejs_eventloop_utilization_ratio',
      'process_start_time_seconds',
      'process_cpu_seconds_total',
    ])
      expect(body).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, 'm'));
    expect(body).toContain('app_info{version="1.2.3"} 1');
  });

  it('shows metrics that the service has already, and collects the process only once', async () => {
    new Gauge({ name: 'my_own', help: 'x' }).set(7);
    const first = createInstrumentation({ log });
    expect((await first.scrape()).body).toContain('my_own 7');
  });

  it('answers 500 and lives on when a collector of the service throws', async () => {
    const instrumentation = create();
    new Gauge({
      name: 'broken',
      help: 'x',
      registers: [instrumentation.registry],
      collect() {
        throw new Error('password=s3cret');
      },
    });
    const { status, body } = await instrumentation.scrape();
    expect(status).toBe(500);
    expect(body).not.toContain('s3cret');
  });
});

describe('business metrics', () => {
  it('are 0 from the start, so that the first failure is an increase', async () => {
    const instrumentation = create();
    businessMetrics(instrumentation, { paymentProviders: ['stripe', 'paypal'] });
    const { body } = await instrumentation.scrape();
    expect(body).toContain('payment_callbacks_total{provider="stripe",result="failed"} 0');
    expect(body).toContain('payment_callbacks_total{provider="paypal",result="rejected"} 0');
    expect(body).toContain('broadcasts_total{result="failed"} 0');
    expect(body).toContain('segment_operations_total{operation="create",result="succeeded"} 0');
    expect(body).toContain('parsing_jobs_total{result="failed"} 0');
  });

  it('take no value of a label that was not named, and no amount that a counter cannot take', async () => {
    const instrumentation = create();
    const { payment, broadcastRecipients } = businessMetrics(instrumentation);
    for (let n = 0; n < 10_000; n += 1) payment({ provider: `user-${n}`, result: 'failed' });
    for (const amount of [5, -1, Number.NaN]) broadcastRecipients({ result: 'succeeded' }, amount);
    const { body } = await instrumentation.scrape();
    expect(body.split('\n').filter((line) => line.startsWith('payments_total'))).toEqual([
      'payments_total{provider="default",result="succeeded"} 0',
      'payments_total{provider="default",result="failed"} 0',
      'payments_total{provider="other",result="failed"} 10000',
    ]);
    expect(body).toContain('broadcast_recipients_total{result="succeeded"} 5');
  });
});
