import { Query } from 'node-appwrite';
import type { AlertQuery } from '../query.ts';
import { pair } from './rows.ts';

/** What a list asks for, in Appwrite's queries; order and page not among them. */
export function filtersOf(query: AlertQuery): string[] {
  const queries = Object.entries(query.equal).map(([column, value]) => Query.equal(column, value));
  if (query.status !== undefined) queries.push(Query.equal('status', query.status));
  for (const [name, value] of query.labels) queries.push(Query.contains('pairs', [pair(name, value)]));
  const { text } = query;
  if (text !== undefined)
    queries.push(Query.or(['alertname', 'instance', 'service', 'summary'].map((column) => Query.contains(column, text))));
  if (query.acknowledged !== undefined)
    queries.push(query.acknowledged ? Query.isNotNull('acknowledgedAt') : Query.isNull('acknowledgedAt'));
  if (query.since !== undefined) queries.push(Query.greaterThanEqual('startsAt', query.since));
  if (query.until !== undefined) queries.push(Query.lessThanEqual('startsAt', query.until));
  return queries;
}

/** Newest start first. */
export const NEWEST_FIRST: readonly string[] = [Query.orderDesc('startsAt'), Query.orderDesc('$id')];
