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

const maxRecords = 1000;

/** Keeps the newest records. */
export function createRecords<T>(onChange: () => void) {
  let records: T[] = [];
  return {
    add(record: T): void {
      records = [...records, record].slice(-maxRecords);
      onChange();
    },
    /** Oldest first. */
    all: (): T[] => structuredClone(records),
    clear(): void {
      records = [];
      onChange();
    },
  };
}
