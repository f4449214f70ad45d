import { createHash } from 'node:crypto';
import { Messaging } from 'node-appwrite';
import type { Row } from './rows.ts';
import { clientOf, isMissing, isThere, type AppwriteProject } from './table.ts';

/** Topics of Appwrite's messaging: people subscribe their telephones to them. */
const TOPICS = { urgent: 'critical-alerts', other: 'monitoring-alerts' } as const;
/** Telephones show about this much. */
const BODY = 240;

/**
 * Pushes new alerts to the topics, one push per topic. A push's ID follows from its alerts, so that Appwrite recognises a repeat.
 * Returns the missing topics.
 */
export async function pushAlerts(project: AppwriteProject, rows: readonly Row[]): Promise<readonly string[]> {
  const messaging = new Messaging(clientOf(project));
  const missing: string[] = [];
  const isUrgent = ({ severity }: Row): boolean => severity === 'critical' || severity === 'emergency';
  for (const [topic, of] of [
    [TOPICS.urgent, rows.filter(isUrgent)],
    [TOPICS.other, rows.filter((row) => !isUrgent(row))],
  ] as const) {
    const [first] = of;
    if (first === undefined) continue;
    const ids = of.map(({ $id }) => $id).sort();
    const others = of.length > 1 ? ` (and ${of.length - 1} more)` : '';
    const where = first['instance'] === '' ? '' : ` on ${String(first['instance'])}`;
    await messaging
      .createPush({
        messageId: createHash('sha256').update(`${topic} ${ids.join()}`).digest('hex').slice(0, 36),
        title: `${String(first['severity']).toUpperCase()} ${String(first['alertname'])}${where}${others}`,
        body: String(first['summary']).slice(0, BODY),
        topics: [topic],
        data: { alert: first.$id },
      })
      .catch((failure: unknown) => {
        if (isMissing(failure)) missing.push(topic);
        else if (!isThere(failure)) throw failure;
      });
  }
  return missing;
}
