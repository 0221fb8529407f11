/** A request and its response, without bodies, headers and query, which may contain secrets. */
export interface RecordedRequest {
  /** When it arrived: UTC, RFC 3339. */
  at: string;
  /** As sent: any method, not only those that VCC allows. */
  method: string;
  /** Without query. */
  path: string;
  /** `null` if the connection was reset or the client disconnected. */
  status: number | null;
  /** From `at` until the start of the response, in milliseconds. */
  durationMs: number;
  /** The name in the body of a successful Register or Invoke. */
  provider?: string;
  /** The kind of fault that applied. */
  fault?: string;
}

/** Keeps the newest records. */
export interface Records<T> {
  add(record: T): void;
  /** Oldest first. */
  all(): T[];
  clear(): void;
}

const maxRecords = 1000;

export function createRecords<T>(onChange: () => void = () => {}): Records<T> {
  let records: T[] = [];
  return {
    add(record) {
      records.push(record);
      if (records.length > maxRecords) records.shift();
      onChange();
    },
    all: () => structuredClone(records),
    clear() {
      records = [];
      onChange();
    },
  };
}
