import type { LintRun } from '../parts.ts';

/** The checks that Loki and the shippers make of their own configuration. */
export function lint(staged: string): readonly LintRun[] {
  return [
    {
      title: 'loki -verify-config',
      subject: 'loki/loki.yml',
      service: 'loki',
      entrypoint: '/usr/bin/loki',
      args: ['-config.file=/etc/loki/loki.yml', '-verify-config'],
      mounts: [[`${staged}/loki`, '/etc/loki']],
    },
    {
      title: 'alloy validate',
      subject: 'loki/alloy/config.alloy',
      service: 'alloy',
      entrypoint: '/bin/alloy',
      args: ['validate', '/etc/alloy/config.alloy'],
      mounts: [[`${staged}/alloy`, '/etc/alloy']],
    },
    {
      title: 'promtail -check-syntax',
      subject: 'loki/promtail/promtail.yml',
      service: 'promtail',
      entrypoint: '/usr/bin/promtail',
      args: ['-config.file=/etc/promtail/promtail.yml', '-check-syntax'],
      mounts: [[`${staged}/promtail`, '/etc/promtail']],
    },
  ];
}
