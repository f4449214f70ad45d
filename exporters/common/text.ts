/** One sample of a family. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since 1970, where the value is as old as its reading; otherwise it counts as of the scrape. */
  readonly at?: number;
}

/** One metric family of Prometheus' text format. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

type Samples = number | readonly Sample[];
const family = (type: Family['type'], name: string, help: string, samples: Samples): Family => ({
  name,
  help,
  type,
  samples: typeof samples === 'number' ? [{ value: samples }] : samples,
});

/** A gauge: its samples, or the value of its only one, which has no labels. */
export const gauge = (name: string, help: string, samples: Samples): Family => family('gauge', name, help, samples);
/** A counter, likewise. */
export const counter = (name: string, help: string, samples: Samples): Family => family('counter', name, help, samples);

/** Writes the families that have samples in Prometheus' text exposition format 0.0.4. */
export function renderText(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(({ labels = {}, value, at }) => `${name}${labelText(labels)} ${value}${at === undefined ? '' : ` ${at}`}`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
    })
    .join('');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  // An empty label is the same as none.
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  return pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}="${escape(value)}"`).join(',')}}`;
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
