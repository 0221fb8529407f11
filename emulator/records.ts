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
