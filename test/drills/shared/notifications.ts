import type { Drill, DrillContext } from './drill.ts';
import { messagesAbout } from './messages.ts';

/** A notification of an alert; times in milliseconds since 1970. */
export interface Notification {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** When it arrived. */
  readonly at: number;
}

interface Source {
  /** Whether the drill's alert does not fire. */
  readonly silent: () => Promise<boolean>;
  /** The drill's alert that began to fire after a time. */
  readonly firing: (since: number) => Promise<Notification | undefined>;
  /** The same alert, resolved. */
  readonly resolved: (firing: Notification) => Promise<Notification | undefined>;
  /** When people got messages because of it; absent where none are sent. */
  readonly messages?: (firing: Notification) => readonly number[];
}

/** Whether labels are those of a drill's alert. */
const isOf = ({ alert, of }: Pick<Drill, 'alert' | 'of'>, labels: Readonly<Record<string, string>>): boolean =>
  labels['alertname'] === alert && (of === undefined || Object.values(labels).some((value) => value.includes(of)));

/** Where a drill's alert is looked for: with those on call, in the history (which stores warnings too), or at a dead-man's switch. */
export function notificationsOf(drill: Drill, context: DrillContext): Source {
  if (drill.notifiedBy === 'dead-man') return deadMan(drill, context);
  const silent = async (): Promise<boolean> => !(await firingAlerts(context)).some((labels) => isOf(drill, labels));
  return { silent, ...(isOnCall(drill) ? onCall(drill, context) : history(drill, context)) };
}

/** The labels of every alert that fires in Prometheus. */
async function firingAlerts({ stack }: Pick<DrillContext, 'stack'>): Promise<readonly Readonly<Record<string, string>>[]> {
  interface Answer {
    readonly data: { readonly alerts: readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[] };
  }
  const { data } = await stack.json<Answer>('PROMETHEUS_PORT', '/api/v1/alerts');
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
}

/** Whether people are woken: the webhook of the critical team gets emergencies too. */
const isOnCall = ({ severity }: Drill): boolean => severity === 'critical' || severity === 'emergency';

function onCall(drill: Drill, { receiver }: DrillContext): Omit<Source, 'silent'> {
  return {
    messages: ({ fingerprint, startsAt }) =>
      messagesAbout(
        fingerprint,
        receiver.messages.filter(({ at }) => at >= startsAt),
      ).map(({ at }) => at),
    firing: async (since) =>
      receiver.news.find(({ status, startsAt, labels }) => status === 'firing' && startsAt >= since && isOf(drill, labels)),
    resolved: async ({ fingerprint, at }) =>
      receiver.news.find((message) => message.status === 'resolved' && message.fingerprint === fingerprint && message.at > at),
  };
}

function history(drill: Drill, { stack }: DrillContext): Omit<Source, 'silent'> {
  interface Entry {
    readonly fingerprint: string;
    readonly startsAt: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly labels: Readonly<Record<string, string>>;
  }
  const ask = async (status: string, since: number): Promise<readonly Entry[]> => {
    const query = `alertname=${drill.alert}&status=${status}&since=${new Date(since - 1000).toISOString()}`;
    const { alerts } = await stack.json<{ alerts: Entry[] }>('HISTORY_PORT', `/api/v1/alerts?${query}`);
    return alerts.filter(({ labels }) => isOf(drill, labels));
  };
  const notification = ({ fingerprint, labels, startsAt }: Entry, at: string): Notification => ({
    fingerprint,
    labels,
    startsAt: Date.parse(startsAt),
    at: Date.parse(at),
  });
  return {
    firing: async (since) => {
      const [entry] = (await ask('firing', since)).filter(({ startsAt }) => Date.parse(startsAt) >= since);
      return entry === undefined ? undefined : notification(entry, entry.createdAt);
    },
    resolved: async ({ fingerprint, startsAt }) => {
      const entry = (await ask('resolved', startsAt)).find((one) => one.fingerprint === fingerprint);
      return entry === undefined ? undefined : notification(entry, entry.updatedAt);
    },
  };
}

/** A dead-man's switch alarms when a ping is this late: one is due every minute. */
const PING_LATE_MS = 90_000;

/** The path of the receiver that stands in for the dead-man's switch of a target. */
export const switchOf = (name: string): string => `/deadman/${name}`;

function deadMan({ of = '' }: Drill, { receiver }: DrillContext): Source {
  const last = (): number => receiver.lastPing(switchOf(of));
  const notification = (at: number): Notification => ({ fingerprint: 'dead-man', labels: {}, startsAt: at, at });
  return {
    silent: async () => last() > 0,
    firing: async () => (Date.now() - last() > PING_LATE_MS ? notification(Date.now()) : undefined),
    resolved: async ({ at }) => (last() > at ? notification(last()) : undefined),
  };
}
