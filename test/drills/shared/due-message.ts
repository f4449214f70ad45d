import type { DrillContext } from './drill.ts';

/** Hands Alertmanager something to send by SMS, or takes it back: a gateway that refuses is only noticed when something is sent. */
export const message = async ({ stack }: DrillContext, state: 'due' | 'over'): Promise<void> => {
  const labels = { alertname: 'DrilledMessage', severity: 'critical', category: 'stack', notify_sms: 'true' };
  const response = await fetch(stack.url('ALERTMANAGER_PORT', '/api/v2/alerts'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Due for longer than the hold; without an end Alertmanager would give it five minutes.
    body: JSON.stringify([{ labels, endsAt: new Date(Date.now() + (state === 'over' ? 0 : 3_600_000)).toISOString() }]),
  });
  if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${await response.text()}`);
};
