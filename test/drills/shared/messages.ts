/** A message as the critical team's webhook got it: one request of Alertmanager. */
export interface Message {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** The receiver in `alertmanager.yml` that sent it. */
  readonly receiver: string;
  readonly alerts: readonly AlertState[];
}

/** The state of an alert in a message. */
export interface AlertState {
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

/** The receivers that wake people. */
const ON_CALL: readonly string[] = ['critical-team', 'emergency'];

/**
 * The messages that people got because of one alert: those that say something new of it, and those that say nothing new at all although it is in
 * them. A message about news of other alerts of its group is not counted. A plain incident has two.
 */
export function messagesAbout(fingerprint: string, messages: readonly Message[]): readonly Message[] {
  const known = new Set<string>();
  return messages.filter(({ receiver, alerts }) => {
    if (!ON_CALL.includes(receiver)) return false;
    const fresh = alerts.filter((alert) => !known.has(keyOf(alert)));
    for (const alert of fresh) known.add(keyOf(alert));
    const isIn = (list: readonly AlertState[]): boolean => list.some((alert) => alert.fingerprint === fingerprint);
    return fresh.length === 0 ? isIn(alerts) : isIn(fresh);
  });
}

const keyOf = ({ status, fingerprint, startsAt }: AlertState): string => `${status} ${fingerprint} ${startsAt}`;
