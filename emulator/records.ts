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
  let begun = 0;
  let records: Array<{ order: number; record: T }> = [];
  return {
    /** Reserves a place in the order. @returns adds a record there, as often as it is called */
    begin(): (record: T) => void {
      const order = begun++;
      return (record) => {
        const index = records.findLastIndex((earlier) => earlier.order <= order) + 1;
        records = records.toSpliced(index, 0, { order, record }).slice(-maxRecords);
        onChange();
      };
    },
    /** In the order in which they began. */
    all: (): T[] => structuredClone(records.map(({ record }) => record)),
    clear(): void {
      records = [];
      onChange();
    },
  };
}
