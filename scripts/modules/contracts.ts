import type { ContractSource } from './parts.ts';

/** The contract source of a job that one exporter answers. */
export function contractOfJob(exporter: string, job: string): ContractSource {
  return { exporter, job, service: exporter, target: `{job="${job}"}`, series: [`{job="${job}"}`] };
}

/** The contract source of one of several services of a job. */
export function contractOfService(exporter: string, job: string, service: string, composeService = exporter): ContractSource {
  const selector = `{job="${job}",service="${service}"}`;
  return { exporter, job, service: composeService, target: selector, series: [selector] };
}

/** The same without the demo's target, whose page holds the exporter's own metrics as well. */
export function contractBesideDemo(source: ContractSource): ContractSource {
  const selector = `{job="${source.job}",service!="demo"}`;
  return { ...source, target: selector, series: [selector] };
}
