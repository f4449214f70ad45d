import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;
interface Column {
  readonly key: string;
  readonly type: string;
  readonly size?: number;
  readonly array?: boolean;
}
interface Condition {
  readonly method: string;
  readonly attribute?: string;
  readonly values?: readonly unknown[];
}

/** An answer other than 200, as Appwrite gives it. */
class Refusal extends Error {
  readonly code: number;
  readonly type: string;
  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }
}

/** What MariaDB, below Appwrite, allows a row and an index; Appwrite's own columns take about a kilobyte and a half. */
const ROW_WIDTH = 65_535;
const OWN_WIDTH = 1500;
const INDEX_LENGTH = 768;
/** Longer texts than this, and lists, are kept beside the row. */
const WITHIN_ROW = 16_381;

/** Bytes that a column takes of its row. */
function widthOf({ type, size = 0, array }: Column): number {
  if (type !== 'string') return 8;
  return array === true || size > WITHIN_ROW ? 20 : size * 4 + 2;
}

/**
 * A server that speaks the part of Appwrite's documented API that the history uses: TablesDB with typed columns, its queries, bulk upserts that
 * happen whole or not at all, and pushes to topics. What it does not know it refuses.
 */
export class AppwriteServer {
  readonly key = 'standard_0123456789abcdef';
  readonly projectId = 'shop';
  readonly rows = new Map<string, Json>();
  readonly pushes = new Map<string, Json>();
  readonly topics = new Set(['critical-alerts', 'monitoring-alerts']);
  readonly databases = new Set<string>();
  readonly requests: string[] = [];
  columns: readonly Column[] | undefined;
  /** Answers of the next requests that write rows: a status, or 0 for a connection that breaks. */
  readonly failures: number[] = [];
  /** As Appwrite was before 1.9: columns that come with a table are not looked at. */
  old = false;
  endpoint = '';
  private looks = 0;
  private server: Server | undefined;

  async start(host: string): Promise<void> {
    this.server = createServer((request, response) => {
      void this.answer(request)
        .catch((failure: unknown) => {
          if (!(failure instanceof Refusal)) return { status: 500, body: { message: String(failure), code: 500, type: 'general_unknown' } };
          return { status: failure.code, body: { message: failure.message, code: failure.code, type: failure.type, version: '1.9.5' } };
        })
        .then(({ status, body }) =>
          status === 0
            ? void request.socket.destroy()
            : response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        );
    });
    await new Promise<void>((resolve) => this.server?.listen(0, host, resolve));
    this.endpoint = `http://${host}:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  private async answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '', 'http://x');
    const body = (text === '' ? {} : JSON.parse(text)) as Json;
    const method = request.method ?? '';
    this.requests.push(`${method} ${url.pathname}`);
    if (request.headers['x-appwrite-project'] !== this.projectId) throw new Refusal(404, 'project_not_found', 'Project not found');
    if (request.headers['x-appwrite-key'] !== this.key) throw new Refusal(401, 'user_unauthorized', 'The API key is not valid');
    const path = url.pathname.replace(/^\/v1/, '');
    if (method === 'POST' && path === '/tablesdb') return this.createDatabase(body);
    if (method === 'POST' && path === '/messaging/messages/push') return this.push(body);
    const [, table, rows, id] = /^\/tablesdb\/pharos\/tables(?:\/(alerts)(\/rows)?(?:\/([^/]+))?)?$/.exec(path) ?? [];
    if (method === 'POST' && path === '/tablesdb/pharos/tables') return this.createTable(body);
    if (this.columns === undefined || table === undefined) throw new Refusal(404, 'table_not_found', `${method} ${path} was not found`);
    if (method === 'GET' && rows === undefined) return this.table(this.columns);
    if (method === 'GET' && id === undefined) return this.list(queriesOf(url), url.searchParams.get('total') !== 'false');
    if (method === 'GET' && id !== undefined) return { status: 200, body: this.row(id) };
    const failure = this.failures.shift();
    if (failure !== undefined) throw new Refusal(failure, failure === 429 ? 'general_rate_limit_exceeded' : 'general_unknown', 'planned');
    if (method === 'PUT' && id === undefined) return this.upsert(body['rows'] as readonly Json[]);
    if (method === 'PATCH' && id !== undefined) return { status: 200, body: this.write({ ...this.row(id), ...(body['data'] as Json) }) };
    if (method === 'DELETE' && id === undefined)
      return this.remove((body['queries'] as readonly string[]).map((query) => JSON.parse(query) as Condition));
    throw new Refusal(404, 'general_route_not_found', `${method} ${path} was not found`);
  }

  private createDatabase(body: Json): { readonly status: number; readonly body: unknown } {
    const id = String(body['databaseId']);
    if (this.databases.has(id)) throw new Refusal(409, 'database_already_exists', 'Database already exists');
    this.databases.add(id);
    return { status: 201, body: { $id: id } };
  }

  private createTable(body: Json): { readonly status: number; readonly body: unknown } {
    if (!this.databases.has('pharos')) throw new Refusal(404, 'database_not_found', 'Database not found');
    if (this.columns !== undefined) throw new Refusal(409, 'table_already_exists', 'Table already exists');
    const columns = this.old ? [] : (body['columns'] as readonly Column[]);
    const width = columns.reduce((sum, column) => sum + widthOf(column), OWN_WIDTH);
    if (width > ROW_WIDTH) throw new Refusal(400, 'table_limit_exceeded', `A row of ${width} bytes is wider than ${ROW_WIDTH}`);
    const known = new Map([['$id', 36], ...columns.map(({ key, type, size = 0 }) => [key, type === 'string' ? size : 0] as const)]);
    for (const { attributes } of body['indexes'] as readonly { readonly attributes: readonly string[] }[]) {
      if (this.old) break;
      const length = attributes.reduce((sum, key) => sum + (known.get(key) ?? Number.NaN), 0);
      if (!(length <= INDEX_LENGTH)) throw new Refusal(400, 'index_invalid', `An index of ${attributes.join()} is not possible`);
    }
    this.columns = columns;
    return { status: 201, body: { $id: 'alerts', columns: [] } };
  }

  /** Columns are made in the background: the first look finds them unfinished. */
  private table(columns: readonly Column[]): { readonly status: number; readonly body: unknown } {
    this.looks += 1;
    return {
      status: 200,
      body: { columns: columns.map((column) => ({ ...column, status: this.looks > 1 ? 'available' : 'processing' })) },
    };
  }

  private row(id: string): Json {
    const row = this.rows.get(id);
    if (row === undefined) throw new Refusal(404, 'row_not_found', 'Row not found');
    return row;
  }

  private upsert(rows: readonly Json[]): { readonly status: number; readonly body: unknown } {
    if (rows.length > 100) throw new Refusal(400, 'general_argument_invalid', 'At most 100 rows');
    const written = rows.map((row) => this.check({ ...this.rows.get(String(row['$id'])), ...row }));
    return { status: 200, body: { total: rows.length, rows: written.map((row) => this.write(row)) } };
  }

  private write(row: Json): Json {
    const checked = this.check(row);
    this.rows.set(String(row['$id']), checked);
    return checked;
  }

  /** A row as its columns allow it; times come back as Appwrite writes them. */
  private check(row: Json): Json {
    const id = String(row['$id']);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/.test(id)) throw new Refusal(400, 'general_argument_invalid', `"${id}" is not an id`);
    const checked = Object.entries(row).map(([key, value]): readonly [string, unknown] => {
      if (key === '$id') return [key, value];
      const column = this.columns?.find((known) => known.key === key);
      if (column === undefined) throw new Refusal(400, 'row_invalid_structure', `Unknown attribute: "${key}"`);
      const each = column.array === true ? (value as readonly unknown[]) : [value];
      for (const one of each) this.checkValue(column, one);
      return [key, column.type === 'datetime' && value !== null ? new Date(String(value)).toISOString().replace('Z', '+00:00') : value];
    });
    return Object.fromEntries(checked);
  }

  private checkValue({ key, type, size = 0 }: Column, value: unknown): void {
    if (value === null) return;
    const right =
      type === 'string'
        ? typeof value === 'string' && value.length <= size
        : type === 'boolean'
          ? typeof value === 'boolean'
          : typeof value === 'string' && !Number.isNaN(Date.parse(value));
    if (!right) throw new Refusal(400, 'row_invalid_structure', `Attribute "${key}" has invalid type or is too long`);
  }

  private remove(conditions: readonly Condition[]): { readonly status: number; readonly body: unknown } {
    const gone = [...this.rows.values()].filter((row) => conditions.every((condition) => matches(row, condition)));
    for (const row of gone) this.rows.delete(String(row['$id']));
    return { status: 200, body: { total: gone.length, rows: gone } };
  }

  private list(queries: readonly Condition[], counted: boolean): { readonly status: number; readonly body: unknown } {
    const number = (method: string, fallback: number): number =>
      Number(queries.find((query) => query.method === method)?.values?.[0] ?? fallback);
    const control = new Set(['limit', 'offset', 'orderDesc', 'cursorAfter']);
    const found = [...this.rows.values()].filter((row) =>
      queries.filter(({ method }) => !control.has(method)).every((one) => matches(row, one)),
    );
    for (const { attribute = '' } of queries.filter(({ method }) => method === 'orderDesc').reverse())
      found.sort((a, b) => (String(a[attribute]) < String(b[attribute]) ? 1 : String(a[attribute]) > String(b[attribute]) ? -1 : 0));
    const cursor = queries.find(({ method }) => method === 'cursorAfter')?.values?.[0];
    const from = cursor === undefined ? number('offset', 0) : found.findIndex((row) => row['$id'] === cursor) + 1;
    return { status: 200, body: { total: counted ? found.length : 0, rows: found.slice(from, from + number('limit', 25)) } };
  }

  private push(body: Json): { readonly status: number; readonly body: unknown } {
    const id = String(body['messageId']);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/.test(id)) throw new Refusal(400, 'general_argument_invalid', 'messageId');
    if (this.pushes.has(id)) throw new Refusal(409, 'message_already_exists', 'Message already exists');
    for (const topic of body['topics'] as readonly string[])
      if (!this.topics.has(topic)) throw new Refusal(404, 'topic_not_found', 'Topic not found');
    this.pushes.set(id, body);
    return { status: 201, body: { $id: id, status: 'processing' } };
  }
}

function queriesOf(url: URL): readonly Condition[] {
  return [...url.searchParams].filter(([name]) => /^queries\[\d+\]$/.test(name)).map(([, text]) => JSON.parse(text) as Condition);
}

function matches(row: Json, { method, attribute = '', values = [] }: Condition): boolean {
  const value = row[attribute];
  const time = (text: unknown): number => Date.parse(String(text));
  switch (method) {
    case 'equal':
      return values.includes(value);
    case 'contains':
      return Array.isArray(value)
        ? values.some((wanted) => value.includes(wanted))
        : values.some((wanted) => String(value).toLowerCase().includes(String(wanted).toLowerCase()));
    case 'or':
      return (values as readonly Condition[]).some((one) => matches(row, one));
    case 'isNull':
      return value === null || value === undefined;
    case 'isNotNull':
      return value !== null && value !== undefined;
    case 'greaterThanEqual':
      return time(value) >= time(values[0]);
    case 'lessThanEqual':
      return time(value) <= time(values[0]);
    case 'lessThan':
      return typeof value === 'string' && time(value) < time(values[0]);
    default:
      throw new Refusal(400, 'general_query_invalid', `Invalid query method: ${method}`);
  }
}
