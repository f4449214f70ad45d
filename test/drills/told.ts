import type { Arena, Drill } from './drill.ts';

/** What somebody was told of an alert; times in milliseconds since 1970. */
export interface Told {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** When the message arrived. */
  readonly at: number;
}

interface Source {
  /** The drill's alert that began to fire after a time. */
  readonly firing: (since: number) => Promise<Told | undefined>;
  /** The same alert, resolved. */
  readonly resolved: (told: Told) => Promise<Told | undefined>;
}

const isOf = (drill: Drill, labels: Readonly<Record<string, string>>): boolean =>
  labels['alertname'] === drill.alert && (drill.of === undefined || Object.values(labels).some((value) => value.includes(drill.of ?? '')));

/** Where a drill's alert is looked for: with the critical team, with the history (which is told of warnings too), or outside. */
export function alertsFrom(drill: Drill, arena: Arena): Source {
  if (drill.toldBy === 'dead-man') return deadMan(arena);
  return drill.severity === 'critical' ? criticalTeam(drill, arena) : history(drill, arena);
}

function criticalTeam(drill: Drill, { receiver }: Arena): Source {
  return {
    firing: async (since) =>
      receiver.messages.find(({ status, startsAt, labels }) => status === 'firing' && startsAt >= since && isOf(drill, labels)),
    resolved: async ({ fingerprint, at }) =>
      receiver.messages.find((message) => message.status === 'resolved' && message.fingerprint === fingerprint && message.at > at),
  };
}

function history(drill: Drill, { stack }: Arena): Source {
  interface Noted {
    readonly fingerprint: string;
    readonly startsAt: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly labels: Readonly<Record<string, string>>;
  }
  const ask = async (status: string, since: number): Promise<readonly Noted[]> => {
    const query = `alertname=${drill.alert}&status=${status}&since=${new Date(since - 1000).toISOString()}`;
    const { alerts } = await stack.json<{ alerts: Noted[] }>('HISTORY_PORT', `/api/v1/alerts?${query}`);
    return alerts.filter(({ labels }) => isOf(drill, labels));
  };
  const told = ({ fingerprint, labels, startsAt }: Noted, at: string): Told => ({
    fingerprint,
    labels,
    startsAt: Date.parse(startsAt),
    at: Date.parse(at),
  });
  return {
    firing: async (since) => {
      const [noted] = (await ask('firing', since)).filter(({ startsAt }) => Date.parse(startsAt) >= since);
      return noted === undefined ? undefined : told(noted, noted.createdAt);
    },
    resolved: async ({ fingerprint, startsAt }) => {
      const noted = (await ask('resolved', startsAt)).find((one) => one.fingerprint === fingerprint);
      return noted === undefined ? undefined : told(noted, noted.updatedAt);
    },
  };
}

/** A dead-man's switch alarms when a ping is this late: one is due every minute. */
const PING_LATE_MS = 90_000;

function deadMan({ receiver }: Arena): Source {
  const told = (at: number): Told => ({ fingerprint: 'dead-man', labels: {}, startsAt: at, at });
  return {
    firing: async () => (Date.now() - receiver.lastPing() > PING_LATE_MS ? told(Date.now()) : undefined),
    resolved: async ({ at }) => (receiver.lastPing() > at ? told(receiver.lastPing()) : undefined),
  };
}
