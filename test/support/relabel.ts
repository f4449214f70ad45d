/** An entry of `relabel_configs`. */
export interface RelabelConfig {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: string;
}

type Labels = Readonly<Record<string, string>>;

/** The labels that Prometheus makes of others with a list of `relabel_configs` of the actions `replace`, `drop` and `labeldrop`; undefined if dropped. */
export function relabelled(labels: Labels, configs: readonly RelabelConfig[]): Labels | undefined {
  let now: Labels = labels;
  for (const {
    source_labels = [],
    separator = ';',
    regex = '(.*)',
    target_label = '',
    replacement = '$1',
    action = 'replace',
  } of configs) {
    const pattern = new RegExp(`^(?:${regex})$`);
    const match = pattern.exec(source_labels.map((name) => now[name] ?? '').join(separator));
    if (action === 'labeldrop') now = Object.fromEntries(Object.entries(now).filter(([name]) => !pattern.test(name)));
    else if (action === 'drop' && match !== null) return undefined;
    else if (action === 'replace' && match !== null)
      now = { ...now, [target_label]: replacement.replace(/\$\{?(\d)\}?/g, (_, group: string) => match[Number(group)] ?? '') };
    else if (action !== 'replace' && action !== 'drop') throw new Error(`the action ${action} is not known here`);
  }
  return Object.fromEntries(Object.entries(now).filter(([, value]) => value !== ''));
}
