/** What the label `severity` of an alert may be, the mildest first; the routes of Alertmanager know these. */
export const SEVERITIES: readonly string[] = ['info', 'warning', 'critical', 'emergency'];

/** What the label `category` of an alert may be; it decides which team is notified. */
export const CATEGORIES: readonly string[] = [
  'infrastructure',
  'database',
  'cache',
  'application',
  'mlops',
  'security',
  'endpoint',
  'logs',
  'stack',
];
